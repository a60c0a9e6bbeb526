package tcptrace

import (
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

var update = flag.Bool("update", false, "write the golden files")

// seg is a hand-made packet between 10.0.0.1:1000 (a) and 10.0.0.2:80.
type seg struct {
	us       int64
	b        bool
	flags    pcapio.TCPFlags
	seq, ack uint32
	n        int
	win      uint16
	id       uint16
	sack     []pcapio.SACKBlock
	opts     pcapio.TCPOptions
	wscale   uint8
	mss      uint16
}

func packet(s seg, v6 bool) *pcapio.Packet {
	p := &pcapio.Packet{Status: pcapio.StatusOK, Layers: pcapio.LayerTCP, IPVersion: 4, Proto: 6, IPHdrLen: 20, IPID: uint32(s.id),
		SrcPort: 1000, DstPort: 80, PayloadLen: s.n, TransportOff: 34}
	p.Src, p.Dst = [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 1}, [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 2}
	if v6 {
		p.IPVersion, p.IPHdrLen, p.TransportOff = 6, 40, 54
		p.Src, p.Dst = [16]byte{0: 0xfd, 15: 1}, [16]byte{0: 0xfd, 15: 2}
	}
	if s.b {
		p.Src, p.Dst, p.SrcPort, p.DstPort = p.Dst, p.Src, p.DstPort, p.SrcPort
	}
	p.IPLen = p.IPHdrLen + 20 + s.n
	p.Data = make([]byte, p.TransportOff+20+s.n)
	p.Time = 1e18 + s.us*1000
	p.TCP = pcapio.TCP{Seq: s.seq, Ack: s.ack, Flags: s.flags, HdrLen: 20, Window: s.win, Options: s.opts, WScale: s.wscale, MSS: s.mss}
	if len(s.sack) > 0 {
		p.TCP.Options |= pcapio.OptSACK
		p.TCP.SACKCount = uint8(copy(p.TCP.SACK[:], s.sack))
	}
	return p
}

func analyze(t *testing.T, cfg Config, v6 bool, segs ...seg) *Analyzer {
	t.Helper()
	a, err := New(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range segs {
		if err := a.WritePacket(packet(s, v6)); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Flush(); err != nil {
		t.Fatal(err)
	}
	return a
}

const (
	syn = pcapio.SYN
	ack = pcapio.ACK
	fin = pcapio.FIN
	rst = pcapio.RST
	psh = pcapio.PSH
)

// loss is a transfer with a loss: the second of four segments is sent again after three duplicate
// ACKs.
func loss() []seg {
	return []seg{
		{us: 0, flags: syn, seq: 0, win: 1000, id: 1, opts: pcapio.OptMSS, mss: 1460},
		{us: 10000, b: true, flags: syn | ack, seq: 0, ack: 1, win: 1000, id: 1},
		{us: 10100, flags: ack, seq: 1, ack: 1, win: 1000, id: 2},
		{us: 20000, flags: ack, seq: 1, ack: 1, n: 100, win: 1000, id: 3},
		{us: 20100, flags: ack, seq: 101, ack: 1, n: 100, win: 1000, id: 4},
		{us: 20200, flags: ack, seq: 201, ack: 1, n: 100, win: 1000, id: 5},
		{us: 20300, flags: ack | psh, seq: 301, ack: 1, n: 100, win: 1000, id: 6},
		{us: 30000, b: true, flags: ack, seq: 1, ack: 101, win: 1000, id: 2},
		{us: 30100, b: true, flags: ack, seq: 1, ack: 101, win: 1000, id: 3},
		{us: 30200, b: true, flags: ack, seq: 1, ack: 101, win: 1000, id: 4},
		{us: 30300, b: true, flags: ack, seq: 1, ack: 101, win: 1000, id: 5},
		{us: 31000, flags: ack, seq: 101, ack: 1, n: 100, win: 1000, id: 7},
		{us: 41000, b: true, flags: ack, seq: 1, ack: 401, win: 1000, id: 6},
		{us: 50000, flags: ack | fin, seq: 401, ack: 1, win: 1000, id: 8},
		{us: 60000, b: true, flags: ack | fin, seq: 1, ack: 402, win: 1000, id: 7},
		{us: 60100, flags: ack, seq: 402, ack: 2, win: 1000, id: 9},
	}
}

func TestLoss(t *testing.T) {
	for _, v6 := range []bool{false, true} {
		t.Run(fmt.Sprintf("IPv6 %v", v6), func(t *testing.T) {
			a := analyze(t, Config{}, v6, loss()...)
			c := a.conn(1)
			h := &c.A2B
			// Samples: the SYN, the first segment, the FIN. The ACK of 401 comes after the
			// retransmission, which is later than what it ends.
			if h.RTT.N != 3 || h.PostLossACKs != 1 || h.CumACKed != 2 || h.DupACKs != 3 || h.TripleDups != 1 || h.MaxRetrans != 1 || h.Retrans.Max != 10900 {
				t.Errorf("IPv6 %v: %+v", v6, h)
			}
			if h.UniqueBytes != 400 || h.DataBytes != 500 || h.RexmtBytes != 100 || h.RexmtPackets != 1 || !c.Complete() {
				t.Errorf("IPv6 %v: unique %d, data %d, again %d", v6, h.UniqueBytes, h.DataBytes, h.RexmtBytes)
			}
			if n, ok := h.StreamLength(); n != 400 || !ok {
				t.Errorf("stream %d %v", n, ok)
			}
		})
	}
}

// TestPeculiarities has the cases in which tcptrace differs from what its columns say.
func TestPeculiarities(t *testing.T) {
	open := []seg{{us: 0, flags: syn, win: 1000}, {us: 10000, b: true, flags: syn | ack, ack: 1, win: 1000}, {us: 10100, flags: ack, seq: 1, ack: 1, win: 1000}}
	with := func(more ...seg) []seg { return append(append([]seg{}, open...), more...) }
	cases := []struct {
		name string
		segs []seg
		ok   func(a *Analyzer) bool
	}{
		{"a FIN counts as a duplicate ACK if data is outstanding", with(seg{us: 20000, flags: ack, seq: 1, ack: 1, n: 5, win: 1000}, seg{us: 30000, b: true, flags: ack, seq: 1, ack: 6, win: 1000},
			seg{us: 31000, b: true, flags: ack | fin, seq: 1, ack: 6, win: 1000}), func(a *Analyzer) bool { return a.conn(1).A2B.DupACKs == 1 }},
		{"only SYN and FIN are full size", with(seg{us: 20000, flags: ack, seq: 1, ack: 1, n: 500, win: 1000}, seg{us: 30000, b: true, flags: ack, seq: 1, ack: 501, win: 1000}),
			func(a *Analyzer) bool { return a.conn(1).A2B.RTT.N == 2 && a.conn(1).A2B.RTTFull.N == 1 }},
		{"ACKs inside a segment give no sample", with(seg{us: 20000, flags: ack, seq: 1, ack: 1, n: 500, win: 1000}, seg{us: 30000, b: true, flags: ack, seq: 1, ack: 301, win: 1000},
			seg{us: 31000, b: true, flags: ack, seq: 1, ack: 501, win: 1000}), func(a *Analyzer) bool { return a.conn(1).A2B.RTT.N == 1 && a.conn(1).A2B.CumACKed == 1 }},
		{"a probe of a closed window is in no segment list", with(seg{us: 20000, b: true, flags: ack, seq: 1, ack: 1}, seg{us: 30000, flags: ack, seq: 1, ack: 1, n: 1, win: 1000}),
			func(a *Analyzer) bool {
				h := a.conn(1).A2B
				return h.ProbePackets == 1 && h.ProbeBytes == 1 && h.UniqueBytes == 0 && h.DataBytes == 1
			}},
		{"outstanding data is one too much", with(seg{us: 20000, flags: ack, seq: 1, ack: 1, n: 7, win: 1000}), func(a *Analyzer) bool { return a.conn(1).A2B.MaxOwin == 8 }},
		{"constant IP identification makes duplicates", with(seg{us: 20000, flags: ack, seq: 1, ack: 1, n: 7, win: 1000, id: 9}, seg{us: 300000, flags: ack, seq: 1, ack: 1, n: 7, win: 1000, id: 9}),
			func(a *Analyzer) bool { return a.conn(1).A2B.HardwareDups == 1 }},
		{"RST counts in the mean window's divisor", []seg{{flags: ack, seq: 1, ack: 1, win: 900}, {us: 5, flags: rst, seq: 1}, {us: 6, flags: ack, seq: 1, ack: 1, win: 900}},
			func(a *Analyzer) bool { return a.conn(1).A2B.meanWindow(false) == 600 }},
		{"four SYNs of four numbers are two connections", []seg{{flags: syn, seq: 1, win: 1}, {us: 1, flags: syn, seq: 2, win: 1}, {us: 2, flags: syn, seq: 3, win: 1}, {us: 3, flags: syn, seq: 4, win: 1}},
			func(a *Analyzer) bool { return a.Len() == 2 && a.conn(2).A2B.SYNs == 2 }},
		{"240 s of silence start another", with(seg{us: 250110100, flags: ack, seq: 1, ack: 1, win: 1000}), func(a *Analyzer) bool { return a.Len() == 2 }},
		{"idle to the end of the trace", with(seg{us: 90000, b: true, flags: ack, seq: 1, ack: 1, win: 1000}), func(a *Analyzer) bool { return a.conn(1).A2B.IdleMax == 79900 }},
		{"time going back is no time", []seg{{us: 1000, flags: syn, win: 1}, {us: 0, b: true, flags: syn | ack, ack: 1, win: 1}},
			func(a *Analyzer) bool { return a.conn(1).A2B.RTT.N == 1 && a.conn(1).A2B.RTT.Max == 0 }},
		{"counts of SYN wrap at 256", slicesRepeat(seg{flags: syn, win: 1}, 257), func(a *Analyzer) bool { return a.conn(1).A2B.SYNs == 1 && a.Len() == 1 }},
		{"a segment across a quarter is two", []seg{{flags: syn, seq: 0x3fffff00, win: 1}, {us: 1, b: true, flags: syn | ack, ack: 0x3fffff01, win: 1},
			{us: 2, flags: ack, seq: 0x3fffff01, ack: 1, n: 600, win: 1}, {us: 9, b: true, flags: ack, seq: 1, ack: 0x3fffff01 + 600, win: 1}},
			func(a *Analyzer) bool {
				return a.conn(1).A2B.RTT.N == 2 && a.conn(1).A2B.CumACKed == 1 && a.conn(1).A2B.UniqueBytes == 600
			}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if a := analyze(t, Config{}, false, c.segs...); !c.ok(a) {
				t.Errorf("%s: %d connections, first %+v", c.name, a.Len(), a.conn(1).A2B)
			}
		})
	}
}

func slicesRepeat(s seg, n int) (all []seg) {
	for range n {
		all = append(all, s)
	}
	return all
}

// TestGolden compares the three outputs with files checked against tcptrace itself.
func TestGolden(t *testing.T) {
	a := analyze(t, Config{}, false, append(loss(), seg{us: 70000, flags: syn, seq: 9000, win: 1000})...)
	write := map[string]func(*strings.Builder) error{
		"brief.txt": func(b *strings.Builder) error { return WriteBrief(b, a, Selection{}) },
		"long.txt": func(b *strings.Builder) error {
			return WriteLong(b, a, Columns{RTT: true, Owin: true}, Selection{}, "loss.pcap")
		},
		"table.csv": func(b *strings.Builder) error { return WriteCSV(b, a, Columns{RTT: true, Owin: true}, Selection{}) },
	}
	for name, f := range write {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := f(&b); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("%s differs:\n%s", file, b.String())
			}
		})
	}
}

func TestAppendHost(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "2001:db8::1": "2001:0db8::0001", "64:ff9b::808:808": "0064:ff9b::0808:0808",
		"::1": ":0001", "fe80::": "fe80::0000", "::": ":0000", "::5": ":0005", "0:1::": ":0001:0000:0000:0000:0000:0000:0000",
		"5678::": "5678::0000", "0:0:1::2": ":0001:0000:0000:0000:0000:0002", "1:2:3:4:5:6:7:0": "0001:0002:0003:0004:0005:0006:0007",
		"1:2:3:4:5:6::": "0001:0002:0003:0004:0005:0006::0000", "1:0:2:0:0:3:4:5": "0001::0002:0000:0000:0003:0004:0005",
	} {
		t.Run(in, func(t *testing.T) {
			if got := string(appendHost(nil, netip.MustParseAddr(in))); got != want {
				t.Errorf("%s: %s, want %s", in, got, want)
			}
		})
	}
}

func TestLetters(t *testing.T) {
	for n, want := range map[uint64]string{0: "a", 25: "z", 26: "aa", 27: "ab", 701: "zz", 702: "aaa", 703: "aab"} {
		t.Run(want, func(t *testing.T) {
			if got := letters(n); got != want {
				t.Errorf("letters(%d) = %s, want %s", n, got, want)
			}
		})
	}
}

func TestParseSelectionErrors(t *testing.T) {
	for _, s := range []string{"x", "0", "3-1", "1,", "-", "1-", "-5"} {
		t.Run(s, func(t *testing.T) {
			if _, err := ParseSelection(s); !errors.Is(err, ErrConfig) {
				t.Errorf("%q: %v", s, err)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	if _, err := New(Config{Reuse: -1}, nil); !errors.Is(err, ErrConfig) {
		t.Errorf("negative Reuse: %v", err)
	}
	a, err := New(Config{}, NewXplotDir(filepath.Join(t.TempDir(), "missing")))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.WritePacket(packet(seg{flags: syn}, false)); err != nil {
		t.Fatal(err) // buffered
	}
	if err := a.Flush(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("graphs into a missing directory: %v", err)
	}
}

func TestReconciles(t *testing.T) {
	a, err := New(Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for st := pcapio.StatusUndecoded; st <= pcapio.StatusOK; st++ {
		for _, layers := range []pcapio.Layers{0, pcapio.LayerTCP} {
			if err := a.WritePacket(&pcapio.Packet{Status: st, Layers: layers, Proto: 6, IPVersion: 4}); err != nil {
				t.Fatal(err)
			}
		}
	}
	s := a.Stats()
	sum := s
	sum.Merge(&s)
	for _, s := range []Stats{s, sum} {
		in, out, left := s.Account()
		for _, r := range left {
			out += r.Packets
		}
		if in != out || s.Packets != s.Traced+s.Short+s.Skipped.Total() || len(left) == 0 {
			t.Errorf("%+v: %d in, %d used or left", s, in, out)
		}
	}
	if sum.Packets != 2*s.Packets || sum.Short != 2*s.Short || sum.First != s.First || sum.Last != s.Last {
		t.Errorf("merged %+v, each %+v", sum, s)
	}
}

func TestNoAllocations(t *testing.T) {
	a, err := New(Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	data, answer := packet(seg{flags: ack, seq: 1, ack: 1, n: 100, win: 9}, false), packet(seg{b: true, flags: ack, seq: 1, ack: 101, win: 9}, false)
	run := func() {
		a.WritePacket(data)
		a.WritePacket(answer)
		data.TCP.Seq += 100
		answer.TCP.Ack += 100
	}
	run()
	if n := testing.AllocsPerRun(1000, run); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
