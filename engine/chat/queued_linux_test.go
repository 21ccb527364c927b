package chat

import "golang.org/x/sys/unix"

func bytesQueued(fd uintptr) int {
	n, _ := unix.IoctlGetInt(int(fd), unix.TIOCINQ)
	return n
}
