//go:build linux

package tcpanalysis

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/reeftools/reef/pcapio"
)

// TestTruth lets two network namespaces talk over a path that we relay ourselves, with known delay,
// loss and reordering, and compares what a Tracker next to the sender says with the relay's
// settings and the kernel's own counters.
func TestTruth(t *testing.T) {
	if role := os.Getenv("REEF_TRUTH"); role != "" {
		if err := truthEnd(role, os.Getenv("REEF_TRUTH_ADDR")); err != nil {
			t.Fatal(err)
		}
		return
	}
	if os.Getuid() != 0 || testing.Short() {
		t.Skip("needs root, for network namespaces")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("the program ip is not installed")
	}
	for _, c := range []struct {
		name          string
		oneWay        time.Duration
		drop, reorder int // every so many data packets
	}{{"delay", 40 * time.Millisecond, 0, 0}, {"loss", 15 * time.Millisecond, 40, 0}, {"reordering", 15 * time.Millisecond, 0, 60}} {
		for _, v6 := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s IPv6 %v", c.name, v6), func(t *testing.T) { truth(t, c.oneWay, c.drop, c.reorder, v6) })
		}
	}
}

const truthBytes = 600000

func truth(t *testing.T, oneWay time.Duration, drop, reorder int, v6 bool) {
	a, b := newEnd(t, "a", 1), newEnd(t, "b", 2)
	var conns []Conn
	tr, err := NewTracker(Config{}, ConnWriterFunc(func(c *Conn) error { conns = append(conns, *c); return nil }), nil)
	if err != nil {
		t.Fatal(err)
	}
	rec := &recorder{dec: pcapio.NewDecoder(nil, pcapio.DecodeConfig{}), tr: tr}
	forth := relay{from: a.tun, to: b.tun, delay: oneWay, drop: drop, reorder: reorder, in: rec.record}
	back := relay{from: b.tun, to: a.tun, delay: oneWay, out: rec.record}
	go forth.run()
	go back.run()

	addr := "10.99.0.2:5001"
	if v6 {
		addr = "[fd99::2]:5001"
	}
	server := b.command("server", addr)
	ready, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(ready, make([]byte, 5)); err != nil {
		t.Fatal("server:", err)
	}
	before := a.retransmitted(t)
	if out, err := a.command("client", addr).CombinedOutput(); err != nil {
		t.Fatalf("client: %v\n%s", err, out)
	}
	if err := server.Wait(); err != nil {
		t.Fatal("server:", err)
	}
	time.Sleep(3 * oneWay) // for the last ACKs
	kernel := a.retransmitted(t) - before
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if err := tr.Flush(); err != nil {
		t.Fatal(err)
	}
	var h *Half
	for i := range conns {
		if conns[i].BPort == 5001 {
			h = &conns[i].A2B
		}
	}
	if h == nil {
		t.Fatalf("no connection among %d", len(conns))
	}
	t.Logf("RTT %d samples, min %v mean %v; retransmitted %d (classes %v, spurious %d), kernel %d; dropped %d, delayed %d", h.RTT.Samples,
		h.RTT.Min, h.RTT.Mean(), h.RetransPackets(), h.Classes, h.RetransSpurious, kernel, forth.dropped, forth.delayed)
	if h.UniqueBytes != truthBytes {
		t.Errorf("%d unique bytes, want %d", h.UniqueBytes, truthBytes)
	}
	if low := 2 * oneWay; h.RTT.Samples < 20 || h.RTT.Min < low*95/100 || h.RTT.Min > low*105/100 {
		t.Errorf("shortest of %d round trips is %v, configured %v", h.RTT.Samples, h.RTT.Min, low)
	}
	if h.RetransPackets() != kernel {
		t.Errorf("%d retransmitted, the kernel says %d", h.RetransPackets(), kernel)
	}
	if drop > 0 && (kernel == 0 || forth.dropped == 0) {
		t.Errorf("no loss: dropped %d, retransmitted %d", forth.dropped, kernel)
	}
}

// truthEnd is the program at one end: the client sends truthBytes, the server takes them.
func truthEnd(role, addr string) error {
	if role == "client" {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return err
		}
		_, err = c.Write(make([]byte, truthBytes))
		if err := errors.Join(err, c.(*net.TCPConn).CloseWrite()); err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, c)
		return errors.Join(err, c.Close())
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Print("ready")
	c, err := l.Accept()
	if err != nil {
		return err
	}
	n, err := io.Copy(io.Discard, c)
	if n != truthBytes {
		err = errors.Join(err, fmt.Errorf("got %d bytes", n))
	}
	return errors.Join(err, c.Close())
}

// end is a network namespace with a tun device whose packets we hold.
type end struct {
	ns  string
	tun *os.File
}

func newEnd(t *testing.T, name string, number int) *end {
	t.Helper()
	e := &end{ns: fmt.Sprintf("reef%s%d", name, os.Getpid())}
	dev := fmt.Sprintf("rf%s%d", name, os.Getpid()%100000)
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skip("no tun devices:", err)
	}
	ifr, err := unix.NewIfreq(dev)
	if err != nil {
		t.Fatal(err)
	}
	ifr.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, ifr); err != nil {
		t.Skip("no tun devices:", err)
	}
	e.tun = os.NewFile(uintptr(fd), dev) // only now can it be polled
	t.Cleanup(func() { e.tun.Close() })
	if out, err := exec.Command("ip", "netns", "add", e.ns).CombinedOutput(); err != nil {
		t.Skipf("no network namespaces: %s", out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("ip", "netns", "del", e.ns).CombinedOutput(); err != nil {
			t.Errorf("%s: %s", e.ns, out)
		}
	})
	for _, args := range []string{
		"link set " + dev + " netns " + e.ns,
		fmt.Sprintf("-n %s addr add 10.99.0.%d/24 dev %s", e.ns, number, dev),
		fmt.Sprintf("-n %s addr add fd99::%d/64 dev %s nodad", e.ns, number, dev),
		"-n " + e.ns + " link set " + dev + " up",
	} {
		if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
			t.Skipf("ip %s: %s", args, out)
		}
	}
	return e
}

// command runs this test binary as role in the namespace.
func (e *end) command(role, addr string) *exec.Cmd {
	c := exec.Command("ip", "netns", "exec", e.ns, os.Args[0], "-test.run=^TestTruth$", "-test.timeout=30s")
	c.Env = append(os.Environ(), "REEF_TRUTH="+role, "REEF_TRUTH_ADDR="+addr)
	return c
}

// retransmitted returns the kernel's count of segments sent again in the namespace (tcpRetransSegs
// of RFC 4022).
func (e *end) retransmitted(t *testing.T) uint64 {
	t.Helper()
	out, err := exec.Command("ip", "netns", "exec", e.ns, "cat", "/proc/net/snmp").Output()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if f[0] != "Tcp:" {
			continue
		}
		if names == nil {
			names = f
			continue
		}
		for i, name := range names {
			if name == "RetransSegs" {
				n, err := strconv.ParseUint(f[i], 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
		}
	}
	t.Fatal("no RetransSegs in /proc/net/snmp")
	return 0
}

// recorder is the observation point, next to the sender.
type recorder struct {
	mu  sync.Mutex
	dec *pcapio.Decoder
	tr  *Tracker
}

func (r *recorder) record(data []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := pcapio.Packet{Record: pcapio.Record{Time: time.Now().UnixNano(), OrigLen: len(data), LinkType: pcapio.LinkRaw, Data: data}}
	r.dec.Decode(&p)
	r.tr.WritePacket(&p) // the error is sticky: Flush returns it
}

// relay is one direction of the path. in and out, if set, see the packets as they enter and leave.
type relay struct {
	from, to         *os.File
	delay            time.Duration
	drop, reorder    int
	in, out          func([]byte)
	dropped, delayed int
}

type held struct {
	data []byte
	at   time.Time
}

func (r *relay) run() {
	queue := make(chan held, 10000)
	defer close(queue)
	go func() {
		for h := range queue {
			time.Sleep(time.Until(h.at))
			if r.out != nil {
				r.out(h.data)
			}
			if _, err := r.to.Write(h.data); err != nil && errors.Is(err, os.ErrClosed) {
				return
			}
		}
	}()
	buf := make([]byte, 65536)
	var late *held
	data, behind := 0, 0
	for {
		n, err := r.from.Read(buf)
		if err != nil {
			return
		}
		p := append([]byte{}, buf[:n]...)
		if r.in != nil {
			r.in(p)
		}
		h := held{p, time.Now().Add(r.delay)}
		if n > 1000 {
			data++
			if r.drop > 0 && data%r.drop == 0 {
				r.dropped++
				continue
			}
			if r.reorder > 0 && data%r.reorder == 0 && late == nil {
				late, behind = &h, 0
				r.delayed++
				continue
			}
		}
		queue <- h
		if behind++; late != nil && behind == 2 { // overtaken by two
			queue <- held{late.data, h.at}
			late = nil
		}
	}
}
