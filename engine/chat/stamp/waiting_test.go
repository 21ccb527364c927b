//go:build !linux

package stamp

import "testing"

func waiting(*testing.T, *Conn, int) {}
