package live

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/reeftools/reef/internal/lab/nettest"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/filter"
)

func open(t testing.TB, c Config, names ...string) (*Source, func()) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	s, err := c.Open(ctx, names...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, stop
}

// readAll returns the records until the end, and checks that the counters add up.
func readAll(t testing.TB, s *Source) []pcapio.Record {
	t.Helper()
	var list []pcapio.Record
	for {
		var r pcapio.Record
		err := s.ReadRecord(&r)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r.Clone())
	}
	stats, err := s.Stats()
	if err != nil {
		t.Fatal(err)
	}
	var delivered uint64
	for i, c := range stats {
		if c.Received != c.Delivered+c.Filtered+c.Dropped {
			t.Errorf("interface %d: %+v does not add up", i, c)
		}
		delivered += c.Delivered
	}
	if delivered != uint64(len(list)) {
		t.Errorf("%d records, %+v", len(list), stats)
	}
	return list
}

func compile(t testing.TB, expr string) *filter.Filter {
	t.Helper()
	f, err := filter.Compile(expr)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestCapture(t *testing.T) {
	nettest.Namespace(t)
	send := nettest.Sender(t, "va")
	frames := [][]byte{nettest.UDP(1, 10), nettest.UDP(2, 1000), nettest.UDP(3, 20, 5), nettest.UDP(4, 20, 0x6007, 8), nettest.UDP(5, 1400)}
	before := time.Now().Add(-time.Second).UnixNano()
	s, stop := open(t, Config{Promiscuous: true}, "vb")
	send(frames...)
	stop()
	records := readAll(t, s)
	if len(records) != len(frames) {
		t.Fatalf("%d records of %d", len(records), len(frames))
	}
	last := before
	for i, r := range records {
		if !bytes.Equal(r.Data, frames[i]) || r.OrigLen != len(frames[i]) || r.LinkType != pcapio.LinkEthernet {
			t.Errorf("frame %d: %d bytes\n%x, want\n%x", i, r.OrigLen, r.Data, frames[i])
		}
		if r.Time < last || r.Time > time.Now().Add(time.Second).UnixNano() {
			t.Errorf("frame %d at %v", i, r.Timestamp())
		}
		last = r.Time
	}
	if i := s.Interfaces(); len(i) != 1 || i[0].Name != "vb" || i[0].LinkType != pcapio.LinkEthernet || i[0].Stats.Delivered != 5 || i[0].MAC == [6]byte{} {
		t.Errorf("interfaces %+v", i)
	}
}

func TestSnapLen(t *testing.T) {
	nettest.Namespace(t)
	for _, f := range []*filter.Filter{nil, compile(t, "udp or vlan"), compile(t, "udp or (ip protochain 6) or vlan")} {
		s, stop := open(t, Config{SnapLen: 60, Filter: f}, "vb")
		frames := [][]byte{nettest.UDP(1, 1), nettest.UDP(2, 100), nettest.UDP(3, 100, 5)}
		nettest.Sender(t, "va")(frames...)
		stop()
		for i, r := range readAll(t, s) {
			if want := frames[i][:min(60, len(frames[i]))]; !bytes.Equal(r.Data, want) || r.OrigLen != len(frames[i]) {
				t.Errorf("%v: frame %d: %d of %d bytes", f, i, len(r.Data), r.OrigLen)
			}
		}
	}
}

// A filter means the same as on the frames as they are sent, tags and all, whether it runs in the
// kernel or not.
func TestFilter(t *testing.T) {
	nettest.Namespace(t)
	frames := [][]byte{nettest.UDP(1, 10), nettest.UDP(2, 1000), nettest.UDP(3, 20, 5), nettest.UDP(4, 20, 7, 8), nettest.UDP(5, 20, 8), nettest.UDP(53, 5)}
	send := nettest.Sender(t, "va")
	for _, expr := range []string{"udp", "port 53", "vlan", "vlan 5", "vlan 7 and vlan 8", "vlan and port 5", "greater 500", "ip protochain 17", "tcp", "ether[12:2] = 0x8100"} {
		f := compile(t, expr)
		var want [][]byte
		for _, frame := range frames {
			if f.Match(&pcapio.Record{LinkType: pcapio.LinkEthernet, OrigLen: len(frame), Data: frame}) {
				want = append(want, frame)
			}
		}
		s, stop := open(t, Config{Filter: f}, "vb")
		send(frames...)
		stop()
		var got [][]byte
		for _, r := range readAll(t, s) {
			got = append(got, r.Data)
		}
		if !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("%s: %d frames\n%x, want %d\n%x", expr, len(got), got, len(want), want)
		}
	}
}

func TestLoopbackSeesPacketsOnce(t *testing.T) {
	nettest.Namespace(t)
	s, stop := open(t, Config{}, "lo")
	nettest.Sender(t, "lo")(nettest.UDP(1, 10), nettest.UDP(2, 10))
	stop()
	if n := len(readAll(t, s)); n != 2 {
		t.Errorf("%d records, want 2", n)
	}
}

func TestAny(t *testing.T) {
	nettest.Namespace(t)
	for expr, want := range map[string]int{"": 6, "udp src port 1": 2, "inbound": 3} {
		f := compile(t, expr)
		s, stop := open(t, Config{Filter: f}, "any")
		nettest.Sender(t, "va")(nettest.UDP(1, 10), nettest.UDP(2, 10, 5))
		nettest.Sender(t, "vb")(nettest.UDP(3, 10))
		stop()
		records := readAll(t, s) // each goes out of one end and comes in at the other
		if len(records) != want {
			t.Errorf("%q: %d records, want %d", expr, len(records), want)
		}
		for _, r := range records {
			p := pcapio.Packet{Record: r}
			pcapio.NewDecoder(nil, pcapio.DecodeConfig{}).Decode(&p)
			if r.LinkType != pcapio.LinkSLL2 || p.Status != pcapio.StatusOK || p.DstPort != 9 || (p.VLAN == 5) != (p.SrcPort == 2) || r.OrigLen != len(r.Data) {
				t.Errorf("%q: %v %+v", expr, p.Status, p)
			}
		}
	}
}

func TestSeveralInterfaces(t *testing.T) {
	nettest.Namespace(t)
	s, stop := open(t, Config{}, "va", "vb", "lo")
	nettest.Sender(t, "va")(nettest.UDP(1, 10))
	nettest.Sender(t, "vb")(nettest.UDP(2, 10))
	nettest.Sender(t, "lo")(nettest.UDP(3, 10))
	stop()
	count := map[int]int{}
	for _, r := range readAll(t, s) {
		count[r.Interface]++
	}
	if count[0] != 2 || count[1] != 2 || count[2] != 1 {
		t.Errorf("records by interface: %v", count)
	}
}

// A ring that nobody reads overflows; what was lost is counted.
func TestDropsAreCounted(t *testing.T) {
	nettest.Namespace(t)
	s, stop := open(t, Config{Buffer: MinBuffer}, "vb")
	const sent = 5000
	frame := nettest.UDP(1, 1000)
	send := nettest.Sender(t, "va")
	for range sent {
		send(frame)
	}
	stop()
	n := len(readAll(t, s))
	stats, err := s.Stats()
	if err != nil || stats[0].Received != sent || stats[0].Dropped == 0 || stats[0].Dropped != uint64(sent-n) {
		t.Errorf("%+v, %v; %d records of %d", stats, err, n, sent)
	}
}

func TestStopWhileWaiting(t *testing.T) {
	nettest.Namespace(t)
	s, stop := open(t, Config{}, "vb")
	time.AfterFunc(20*time.Millisecond, stop)
	if n := len(readAll(t, s)); n != 0 {
		t.Errorf("%d records", n)
	}
	var r pcapio.Record
	if err := s.ReadRecord(&r); !errors.Is(err, io.EOF) {
		t.Errorf("after the end: %v", err)
	}
}

func TestIdle(t *testing.T) {
	nettest.Namespace(t)
	calls := 0
	enough := errors.New("enough")
	s, _ := open(t, Config{Timeout: time.Millisecond, Idle: func() error {
		if calls++; calls == 3 {
			return enough
		}
		return nil
	}}, "vb")
	var r pcapio.Record
	if err := s.ReadRecord(&r); !errors.Is(err, enough) {
		t.Error(err)
	}
}

func TestInterfaceGoesAway(t *testing.T) {
	nettest.Namespace(t)
	s, _ := open(t, Config{}, "vb")
	nettest.Sender(t, "va")(nettest.UDP(1, 10))
	nettest.IP(t, "link set vb down")
	var r pcapio.Record
	n := 0
	var err error
	for err = s.ReadRecord(&r); err == nil; err = s.ReadRecord(&r) {
		n++
	}
	if n != 1 || !errors.Is(err, ErrInterface) || !errors.Is(err, unix.ENETDOWN) {
		t.Errorf("%d records, then %v", n, err)
	}
}

func TestClosed(t *testing.T) {
	nettest.Namespace(t)
	s, _ := open(t, Config{}, "vb")
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	var r pcapio.Record
	if err := s.ReadRecord(&r); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
	if _, err := s.Stats(); err != nil {
		t.Error(err)
	}
}

func TestOpenErrors(t *testing.T) {
	nettest.Namespace(t)
	nettest.IP(t, "link set vb down")
	ctx := context.Background()
	for name, c := range map[string]struct {
		cfg   Config
		names []string
		want  error
	}{
		"no name":      {Config{}, nil, ErrInterface},
		"unknown":      {Config{}, []string{"va", "nonesuch"}, ErrInterface},
		"long name":    {Config{}, []string{strings.Repeat("x", 100)}, ErrInterface},
		"down":         {Config{}, []string{"vb"}, ErrInterface},
		"never fits":   {Config{Filter: compile(t, "ip and ip6")}, []string{"va"}, filter.ErrRejectsAll},
		"bad snap len": {Config{SnapLen: -1}, []string{"va"}, nil},
		"bad buffer":   {Config{Buffer: 5}, []string{"va"}, nil},
		"bad timeout":  {Config{Timeout: 1}, []string{"va"}, nil},
	} {
		s, err := c.cfg.Open(ctx, c.names...)
		if err == nil || s != nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMissingCapability(t *testing.T) {
	nettest.Namespace(t)
	var header = unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData // none; of this thread only
	if err := unix.Capset(&header, &data[0]); err != nil {
		t.Skipf("capabilities cannot be dropped: %v", err)
	}
	_, err := Config{}.Open(context.Background(), "vb")
	var missing *PermissionError
	if !errors.As(err, &missing) || missing.Capability != "CAP_NET_RAW" || !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), "setcap cap_net_raw+ep") {
		t.Errorf("%v", err)
	}
}

func TestInterfaces(t *testing.T) {
	nettest.Namespace(t)
	list, err := Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]Interface{}
	for _, i := range list {
		found[i.Name] = i
	}
	va, lo := found["va"], found["lo"]
	if len(va.MAC) != 6 || va.LinkType != pcapio.LinkEthernet || va.Flags&net.FlagUp == 0 || lo.Flags&net.FlagLoopback == 0 || len(lo.Addresses) == 0 ||
		list[len(list)-1].Name != "any" {
		t.Errorf("%+v", list)
	}
}

func TestAllocations(t *testing.T) {
	nettest.Namespace(t)
	s, stop := open(t, Config{}, "vb")
	frame := nettest.UDP(1, 50, 3)
	send := nettest.Sender(t, "va")
	for range 1500 {
		send(frame)
	}
	stop()
	var r pcapio.Record
	if n := testing.AllocsPerRun(1000, func() {
		if err := s.ReadRecord(&r); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations per packet", n)
	}
}

// The kernel says whether somebody asked for promiscuous mode; veth gives all packets anyway.
func TestPromiscuous(t *testing.T) {
	nettest.Namespace(t)
	for promiscuous, want := range map[bool]string{false: "promiscuity 0", true: "promiscuity 1"} {
		s, _ := open(t, Config{Promiscuous: promiscuous}, "vb")
		if out := nettest.IP(t, "-d link show vb"); !strings.Contains(out, want) {
			t.Errorf("with Promiscuous %v: %s", promiscuous, out)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
