//go:build linux && (amd64 || arm64)

package stamp

import (
	"encoding/binary"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Supported reports whether the kernel stamps what it receives. The kernel begins a moment after the first socket has
// asked and ends with the last; so the first call opens one that asks for as long as the process lives, and tries it.
var Supported = sync.OnceValue(func() bool {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return false
	}
	if !tried(fd) {
		_ = unix.Close(fd)
		return false
	}
	return true
})

// Supported tries so often, and waits so long after each.
const (
	tries   = 200
	tryWait = time.Millisecond
)

// tried sends itself datagrams until one is stamped.
func tried(fd int) bool {
	wait := unix.NsecToTimeval(int64(tryWait))
	if ask(fd) != nil || unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wait) != nil ||
		unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}) != nil {
		return false
	}
	self, err := unix.Getsockname(fd)
	if err != nil || unix.Connect(fd, self) != nil {
		return false
	}
	for range tries {
		if _, err := unix.Write(fd, []byte{0}); err != nil {
			return false
		}
		var control [controlBytes]byte
		_, n, _, _, err := unix.Recvmsg(fd, make([]byte, 1), control[:], 0)
		if err == nil && stampIn(control[:n]) != 0 {
			return true
		}
		_, _, _, _, _ = unix.Recvmsg(fd, make([]byte, 1), nil, 0) // nothing comes: it waits
	}
	return false
}

// ask asks the kernel to stamp each segment as the software sees it.
func ask(fd int) error {
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPING, unix.SOF_TIMESTAMPING_RX_SOFTWARE|unix.SOF_TIMESTAMPING_SOFTWARE)
}

// receiver reads a socket with recvmsg, which brings the stamp along. All that a read needs is in it, so that a read
// allocates nothing.
type receiver struct {
	conn    *net.TCPConn
	raw     syscall.RawConn
	receive func(fd uintptr) bool
	inspect func(fd uintptr)

	header  unix.Msghdr
	vector  unix.Iovec
	control [controlBytes]byte
	n       int
	errno   syscall.Errno

	outOfOrder, seen uint32
}

// The control message: its header, and three times, of which the first is the software's.
const (
	messageHeader = unix.SizeofCmsghdr
	controlBytes  = messageHeader + 3*16
)

func newReceiver(inner net.Conn) *receiver {
	conn, ok := inner.(*net.TCPConn)
	if !ok || !Supported() {
		return nil
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil
	}
	var refused error
	if err := raw.Control(func(fd uintptr) { refused = ask(int(fd)) }); err != nil || refused != nil {
		return nil
	}
	r := &receiver{conn: conn, raw: raw}
	r.receive, r.inspect = r.recvmsg, r.info
	r.header.Iov = &r.vector
	r.header.Iovlen = 1
	r.header.Control = &r.control[0]
	return r
}

// read reads, and returns the kernel's stamp in nanoseconds since 1970; 0 where it gave none.
func (r *receiver) read(b []byte) (n int, wall int64, err error) {
	if len(b) == 0 {
		return 0, 0, nil
	}
	r.vector.Base = &b[0]
	r.vector.SetLen(len(b))
	err = r.raw.Read(r.receive)
	r.vector.Base = nil
	switch {
	case err != nil:
		return 0, 0, err
	case r.errno != 0:
		return 0, 0, &net.OpError{
			Op: "read", Net: "tcp", Source: r.conn.LocalAddr(), Addr: r.conn.RemoteAddr(), Err: os.NewSyscallError("recvmsg", r.errno),
		}
	case r.n == 0:
		return 0, 0, io.EOF
	}
	return r.n, stampIn(r.control[:r.header.Controllen]), nil
}

// recvmsg tries once, and reports false where nothing has arrived. It does not wait, so the runtime need not hear of it:
// told of every read, it would keep its monitor awake, which costs as much as taking a chunk apart.
func (r *receiver) recvmsg(fd uintptr) bool {
	for {
		r.header.SetControllen(controlBytes)
		n, _, errno := unix.RawSyscall(unix.SYS_RECVMSG, fd, uintptr(unsafe.Pointer(&r.header)), 0)
		switch errno {
		case unix.EINTR:
			continue
		case unix.EAGAIN:
			return false
		}
		r.n, r.errno = int(n), errno
		acquire(fd)
		return true
	}
}

// stampIn is the software's stamp in a control message; 0 where there is none.
func stampIn(control []byte) int64 {
	if len(control) < messageHeader+16 {
		return 0
	}
	level, kind := binary.NativeEndian.Uint32(control[8:]), binary.NativeEndian.Uint32(control[12:])
	if level != unix.SOL_SOCKET || kind != unix.SCM_TIMESTAMPING {
		return 0
	}
	seconds := binary.NativeEndian.Uint64(control[messageHeader:])
	nanoseconds := binary.NativeEndian.Uint64(control[messageHeader+8:])
	return int64(seconds)*1e9 + int64(nanoseconds)
}

// reordered asks the kernel how many segments came out of order; it is not told by kernels before 5.4.
func (r *receiver) reordered() bool {
	if r.raw.Control(r.inspect) != nil {
		return false
	}
	more := r.outOfOrder != r.seen
	r.seen = r.outOfOrder
	return more
}

// info is unix.GetsockoptTCPInfo without its allocation.
func (r *receiver) info(fd uintptr) {
	var info unix.TCPInfo
	size := uint32(unsafe.Sizeof(info))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, fd, unix.IPPROTO_TCP, unix.TCP_INFO,
		uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
	if errno == 0 {
		r.outOfOrder = info.Rcv_ooopack
	}
}
