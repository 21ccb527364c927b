package daemon

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine/listen"
	"aimbench/robot"
	"aimbench/robot/motion"
	"aimbench/robot/simulator"
)

// faulty makes a simulator's faults of two bytes: which kind, and how often.
func faulty(kind, share byte) []simulator.Fault {
	names := simulator.KindNames()
	f := simulator.Fault{Kind: simulator.Kind(names[int(kind)%len(names)]), Share: float64(share%8) / 8, Delay: 3 * time.Second}
	switch {
	case f.Kind == simulator.Lost:
		f.Share, f.From, f.For = 0, time.Duration(share%16)*time.Second, 10*time.Second
	case f.Share == 0:
		return nil
	}
	return []simulator.Fault{f}
}

// Whatever is asked of a robot that breaks, every call returns in good time, with an error that has a class, and the
// client comes to rest.
func FuzzClient(f *testing.F) {
	for kind := range byte(5) {
		f.Add([]byte{kind, 3, 1, 0, 5, 2, 6, 3, 4, 7, 0})
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) < 2 {
			return
		}
		synctest.Test(t, func(t *testing.T) {
			sim := simulator.New(simulator.Config{Media: true, Faults: faulty(script[0], script[1])})
			defer sim.Close()
			listener, dial := listen.Memory()
			listening := listen.Serve(t.Context(), listener, sim)
			c := connect(t, dial, nil)
			for _, b := range script[2:min(len(script), 30)] {
				begun := time.Now()
				err := call(t, c, b)
				var e *Error
				if err != nil && !errors.Is(err, motion.ErrIgnored) && (!errors.As(err, &e) || e.Class == "" || e.Doing == "") {
					t.Errorf("call %d: %v", b%8, err)
				}
				if took := time.Since(begun); took > 2*time.Minute {
					t.Errorf("call %d took %s", b%8, took)
				}
			}
			c.Close(t.Context())
			if err := listening.Close(); err != nil {
				t.Error(err)
			}
		})
	})
}

// call does one of eight things with a robot.
func call(t *testing.T, c *Client, which byte) error {
	ctx := t.Context()
	switch which % 8 {
	case 0:
		return c.Sleep(ctx)
	case 1:
		return c.Wake(ctx)
	case 2:
		return c.Stop(ctx)
	case 3:
		return c.Recorded(ctx, "aimbench/moves", "nod")
	case 4:
		_, err := c.UploadSound(ctx, []byte("RIFF"))
		return err
	case 5:
		_, err := c.Asleep(ctx)
		return err
	case 6:
		time.Sleep(time.Duration(which) * 50 * time.Millisecond)
		return nil
	}
	var err error
	for range 50 {
		err = c.SetTarget(ctx, robot.Pose{Head: robot.Head{Yaw: float64(which) / 500}})
		time.Sleep(20 * time.Millisecond)
	}
	return err
}
