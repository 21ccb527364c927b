package stamp

import (
	"net"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// waiting returns when so many bytes wait to be read.
func waiting(t *testing.T, c *Conn, bytes int) {
	t.Helper()
	raw, err := c.Conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < bytes; runtime.Gosched() {
		if err := raw.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), unix.TIOCINQ) }); err != nil {
			t.Fatal(err)
		}
	}
}
