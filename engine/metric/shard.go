package metric

// Shard is one row of the table of what the processes that share a run say of themselves. A run in one process is one shard,
// which leads.
type Shard struct {
	// Prometheus is the exported series' name.
	Prometheus string
	Unit       Unit
	// Counter: the value only grows while the process runs.
	Counter bool
	// Of is which shards have it.
	Of Role
	// Definition says what it is.
	Definition string
}

// Role is what a shard does in a run.
type Role string

// The roles.
const (
	Leader   Role = "leader"
	Follower Role = "follower"
	Each     Role = "each"
)

// The series of shards.
const (
	ShardInfo        = "aimbench_shard_info"
	ShardBegan       = "aimbench_shard_began"
	ShardExpected    = "aimbench_shard_expected"
	ShardPresent     = "aimbench_shard_present"
	ShardLost        = "aimbench_shard_lost"
	ShardConnected   = "aimbench_shard_connected"
	ShardSilence     = "aimbench_shard_silence_seconds"
	ShardUploads     = "aimbench_shard_uploads_total"
	ShardUploadBytes = "aimbench_shard_upload_bytes_total"
	ShardClockOffset = "aimbench_shard_clock_offset_seconds"
	ShardClockError  = "aimbench_shard_clock_error_seconds"
)

// ShardTable is the table of the shards' series.
var ShardTable = []Shard{
	{ShardInfo, Count, false, Each, "always 1; the labels index and role say which shard it is"},
	{ShardBegan, Boolean, false, Each, "all shards that were waited for are there, and the run has begun"},
	{ShardExpected, Count, false, Leader, "how many shards the run is to have, the leader among them"},
	{ShardPresent, Count, false, Leader, "how many are there, or have handed over all that they measured"},
	{ShardLost, Count, false, Leader, "how many the run goes on without"},
	{ShardConnected, Boolean, false, Follower, "there is a connection with the leader"},
	{ShardSilence, Seconds, false, Follower, "for how long the leader was not heard of"},
	{ShardUploads, Count, true, Follower, "uploads that the leader has"},
	{ShardUploadBytes, Count, true, Follower, "bytes of the uploads that the leader has, before compression"},
	{ShardClockOffset, Seconds, false, Follower, "how far the time of day here is ahead of the leader's, which is made up for"},
	{ShardClockError, Seconds, false, Follower, "by how much what is made up for may be wrong, either way"},
}

// LookupShard finds a row of the ShardTable by the name of its series.
func LookupShard(series string) (Shard, bool) {
	for _, s := range ShardTable {
		if s.Prometheus == series {
			return s, true
		}
	}
	return Shard{}, false
}
