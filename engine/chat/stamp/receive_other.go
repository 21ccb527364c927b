//go:build !linux || !(amd64 || arm64)

package stamp

import "net"

// Supported reports whether the kernel stamps what it receives.
func Supported() bool { return false }

// receiver reads with the kernel's stamps; there are none here.
type receiver struct{}

func newReceiver(net.Conn) *receiver { return nil }

func (r *receiver) read([]byte) (n int, wall int64, err error) { panic("stamp: no receiver") }

func (r *receiver) reordered() bool { return false }
