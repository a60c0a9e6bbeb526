package nettest

import (
	"encoding/binary"
	"errors"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Namespace puts the test's thread into a network namespace of its own, with a veth pair va and vb
// that is up, and lo. All is gone with the thread. Tests are skipped where that is not allowed.
func Namespace(t testing.TB) {
	t.Helper()
	runtime.LockOSThread() // never unlocked: the thread ends with the test
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Skipf("no network namespace: %v (needs root or CAP_SYS_ADMIN)", err)
	}
	// Without IPv6 the kernel sends nothing of its own.
	if err := os.WriteFile("/proc/sys/net/ipv6/conf/default/disable_ipv6", []byte("1"), 0); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Skipf("IPv6 cannot be switched off: %v", err)
	}
	IP(t, "link add va type veth peer name vb")
	IP(t, "link set va up")
	IP(t, "link set vb up")
	IP(t, "link set lo up")
	deadline := time.Now().Add(5 * time.Second)
	for _, name := range []string{"va", "vb"} {
		for {
			i, err := net.InterfaceByName(name)
			if err != nil {
				t.Fatal(err)
			}
			if i.Flags&net.FlagRunning != 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s does not come up", name)
			}
			time.Sleep(time.Millisecond)
		}
	}
}

// IP runs the program ip of iproute2 there; the test is skipped if that fails. It returns what ip
// prints.
func IP(t testing.TB, args string) string {
	t.Helper()
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("iproute2 is not installed")
	}
	out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput()
	if err != nil {
		t.Skipf("ip %s: %v: %s", args, err, out)
	}
	return string(out)
}

// Sender returns a function that sends frames as they are out of an interface.
func Sender(t testing.TB, name string) func(frames ...[]byte) {
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
	to := &unix.SockaddrLinklayer{Ifindex: i.Index}
	return func(frames ...[]byte) {
		for _, f := range frames {
			for {
				err := unix.Sendto(fd, f, 0, to)
				if err == nil {
					break
				}
				if !errors.Is(err, unix.ENOBUFS) && !errors.Is(err, unix.EINTR) {
					t.Fatal(err)
				}
				runtime.Gosched()
			}
		}
	}
}

// UDP is an Ethernet frame with a UDP datagram of n bytes of payload from port, with tag control
// informations in front.
func UDP(port, n int, tags ...uint16) []byte {
	b := []byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}
	for _, tci := range tags {
		b = binary.BigEndian.AppendUint16(append(b, 0x81, 0), tci)
	}
	b = append(b, 8, 0, 0x45, 0, byte((28+n)>>8), byte(28+n), 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2)
	b = append(b, byte(port>>8), byte(port), 0, 9, byte((8+n)>>8), byte(8+n), 0, 0)
	return append(b, make([]byte, n)...)
}
