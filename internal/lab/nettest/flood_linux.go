package nettest

import (
	"errors"
	"net"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// batch is how many frames go to the kernel at once.
const batch = 64

// Flood returns a function that sends a frame n times out of an interface, as fast as one processor
// can.
func Flood(t testing.TB, name string, frame []byte) func(n int) {
	t.Helper()
	i, err := net.InterfaceByName(name)
	if err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_QDISC_BYPASS, 1); err != nil {
		t.Fatal(err)
	}
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: i.Index}); err != nil {
		t.Fatal(err)
	}
	type message struct { // struct mmsghdr
		header unix.Msghdr
		sent   uint32
	}
	part := unix.Iovec{Base: &frame[0]}
	part.SetLen(len(frame))
	var messages [batch]message
	for i := range messages {
		messages[i].header.Iov = &part
		messages[i].header.SetIovlen(1)
	}
	return func(n int) {
		for n > 0 {
			sent, _, code := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(fd), uintptr(unsafe.Pointer(&messages[0])), uintptr(min(n, batch)), 0, 0, 0)
			switch {
			case code == 0:
				n -= int(sent)
			case !errors.Is(code, unix.ENOBUFS) && !errors.Is(code, unix.EINTR):
				t.Errorf("sendmmsg: %v", code)
				return
			}
		}
	}
}
