package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aimbench/engine/shard"
)

// sharding are the flags by which processes share the loads of a run. What is not given comes from the environment, as an
// Indexed Job and its chart set it.
type sharding struct {
	place     string
	leader    string
	tokenFile string
	least     int
	wait      time.Duration
	local     int
}

func (s *sharding) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&s.place, "shard", "", "be shard `INDEX/COUNT` of a run, such as 0/4 to lead four; otherwise JOB_COMPLETION_INDEX of AIMBENCH_SHARDS")
	f.StringVar(&s.leader, "leader", "", "where shard 0 is reached: `HOST:PORT`, port "+shard.Port+" where none is given; otherwise AIMBENCH_LEADER")
	f.StringVar(&s.tokenFile, "shard-token-file", "", "read what the shards know each other by from a `FILE`; otherwise of AIMBENCH_SHARD_TOKEN_FILE")
	f.IntVar(&s.least, "min-shards", 0, "so many shards must stay to the end, or the run is invalid (default all)")
	f.DurationVar(&s.wait, "shard-wait", 5*time.Minute, "wait at most this long for all shards to be ready")
	f.IntVar(&s.local, "local-shards", 0, "run as so many processes on this machine")
}

// env is the variable's value where the flag is not given.
func env(flag, variable string) string {
	if flag != "" {
		return flag
	}
	return os.Getenv(variable)
}

// resolve says which shard this process is, from the flags and the environment.
func (s *sharding) resolve() (shard.Place, error) {
	place, err := s.whichPlace()
	if err != nil {
		return place, err
	}
	if s.local < 0 || s.local > shard.Most {
		return place, fmt.Errorf("--local-shards must be within 1 and %d", shard.Most)
	}
	if s.local > 0 {
		if s.place != "" || s.leader != "" {
			return place, errors.New("--local-shards and --shard: the shards are on this machine, or each is started for itself")
		}
		place = shard.Place{Index: 0, Of: s.local}
	}
	if s.least < 0 || s.least > max(place.Of, 1) {
		return place, fmt.Errorf("--min-shards must be within 0 and %d, the number of shards", max(place.Of, 1))
	}
	if s.wait < 0 {
		return place, errors.New("--shard-wait must be at least 0")
	}
	if !place.Shared() || s.local > 0 {
		return place, nil
	}
	if s.tokenFile = env(s.tokenFile, "AIMBENCH_SHARD_TOKEN_FILE"); s.tokenFile == "" {
		return place, errors.New("shards need a --shard-token-file, the same for all: openssl rand -hex 32 > token")
	}
	return place, s.whichLeader(place)
}

func (s *sharding) whichPlace() (shard.Place, error) {
	if s.place != "" {
		place, err := shard.ParsePlace(s.place)
		if err != nil {
			return place, fmt.Errorf("--shard: %w", err)
		}
		return place, nil
	}
	of, index := os.Getenv("AIMBENCH_SHARDS"), os.Getenv("JOB_COMPLETION_INDEX")
	if s.local > 0 || of == "" || of == "1" {
		return shard.Place{}, nil
	}
	if index == "" {
		return shard.Place{}, fmt.Errorf("AIMBENCH_SHARDS is %.20q, but neither JOB_COMPLETION_INDEX nor --shard says which this is", of)
	}
	place, err := shard.ParsePlace(index + "/" + of)
	if err != nil {
		return place, fmt.Errorf("JOB_COMPLETION_INDEX of AIMBENCH_SHARDS: %w", err)
	}
	return place, nil
}

func (s *sharding) whichLeader(place shard.Place) error {
	s.leader = env(s.leader, "AIMBENCH_LEADER")
	if s.leader == "" && !place.Leads() {
		return errors.New("a shard that follows needs --leader HOST:PORT, where shard 0 is reached")
	}
	if _, _, err := net.SplitHostPort(s.leader); err != nil {
		s.leader = net.JoinHostPort(strings.Trim(s.leader, "[]"), shard.Port)
	}
	if _, _, err := net.SplitHostPort(s.leader); err != nil {
		return fmt.Errorf("--leader %q is no HOST:PORT", s.leader)
	}
	return nil
}

// listenAt is the address that the leader takes followers at: its own where that is of this machine alone, else every one.
func (s *sharding) listenAt() string {
	if s.local > 0 {
		return "127.0.0.1:0"
	}
	host, port, err := net.SplitHostPort(s.leader)
	if err != nil {
		return ":" + shard.Port
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return s.leader
	}
	return ":" + port
}

// setup is what a leader hands to its followers, so that they make the same plan.
type setup struct {
	Name     string
	Sources  []source
	Vars     map[string]string
	VarFiles []source
	AllowEnv []string
	Run      string
	Seed     *int64
	Simulate bool
	Timeout  time.Duration
}

type source struct {
	Path string
	Text []byte
}
