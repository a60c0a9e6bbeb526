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

	"github.com/reeftools/reef/internal/lab/tcpsim"
	"github.com/reeftools/reef/pcapio"
)

var update = flag.Bool("update", false, "write the golden files")

// seg is a hand-made packet.
type seg = tcpsim.Segment

func packet(s seg, v6 bool) *pcapio.Packet {
	return (&tcpsim.Hosts{V6: v6}).Packet(s)
}

func analyze(t *testing.T, cfg Config, v6 bool, segs ...seg) *Analyzer {
	t.Helper()
	a, err := New(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	hosts := tcpsim.Hosts{V6: v6}
	for _, s := range segs {
		if err := a.WritePacket(hosts.Packet(s)); err != nil {
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
	us  = 1000 // in ns
)

// loss is a transfer with a loss: the second of four segments is sent again after three duplicate
// ACKs.
func loss() []seg {
	return []seg{
		{At: 0, Flags: syn, Seq: 0, Window: 1000, ID: 1, Options: pcapio.OptMSS, MSS: 1460},
		{At: 10000 * us, B: true, Flags: syn | ack, Seq: 0, Ack: 1, Window: 1000, ID: 1},
		{At: 10100 * us, Flags: ack, Seq: 1, Ack: 1, Window: 1000, ID: 2},
		{At: 20000 * us, Flags: ack, Seq: 1, Ack: 1, Len: 100, Window: 1000, ID: 3},
		{At: 20100 * us, Flags: ack, Seq: 101, Ack: 1, Len: 100, Window: 1000, ID: 4},
		{At: 20200 * us, Flags: ack, Seq: 201, Ack: 1, Len: 100, Window: 1000, ID: 5},
		{At: 20300 * us, Flags: ack | psh, Seq: 301, Ack: 1, Len: 100, Window: 1000, ID: 6},
		{At: 30000 * us, B: true, Flags: ack, Seq: 1, Ack: 101, Window: 1000, ID: 2},
		{At: 30100 * us, B: true, Flags: ack, Seq: 1, Ack: 101, Window: 1000, ID: 3},
		{At: 30200 * us, B: true, Flags: ack, Seq: 1, Ack: 101, Window: 1000, ID: 4},
		{At: 30300 * us, B: true, Flags: ack, Seq: 1, Ack: 101, Window: 1000, ID: 5},
		{At: 31000 * us, Flags: ack, Seq: 101, Ack: 1, Len: 100, Window: 1000, ID: 7},
		{At: 41000 * us, B: true, Flags: ack, Seq: 1, Ack: 401, Window: 1000, ID: 6},
		{At: 50000 * us, Flags: ack | fin, Seq: 401, Ack: 1, Window: 1000, ID: 8},
		{At: 60000 * us, B: true, Flags: ack | fin, Seq: 1, Ack: 402, Window: 1000, ID: 7},
		{At: 60100 * us, Flags: ack, Seq: 402, Ack: 2, Window: 1000, ID: 9},
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
	open := []seg{{At: 0, Flags: syn, Window: 1000}, {At: 10000 * us, B: true, Flags: syn | ack, Ack: 1, Window: 1000}, {At: 10100 * us, Flags: ack, Seq: 1, Ack: 1, Window: 1000}}
	with := func(more ...seg) []seg { return append(append([]seg{}, open...), more...) }
	cases := []struct {
		name string
		segs []seg
		ok   func(a *Analyzer) bool
	}{
		{"a FIN counts as a duplicate ACK if data is outstanding", with(seg{At: 20000 * us, Flags: ack, Seq: 1, Ack: 1, Len: 5, Window: 1000}, seg{At: 30000 * us, B: true, Flags: ack, Seq: 1, Ack: 6, Window: 1000},
			seg{At: 31000 * us, B: true, Flags: ack | fin, Seq: 1, Ack: 6, Window: 1000}), func(a *Analyzer) bool { return a.conn(1).A2B.DupACKs == 1 }},
		{"only SYN and FIN are full size", with(seg{At: 20000 * us, Flags: ack, Seq: 1, Ack: 1, Len: 500, Window: 1000}, seg{At: 30000 * us, B: true, Flags: ack, Seq: 1, Ack: 501, Window: 1000}),
			func(a *Analyzer) bool { return a.conn(1).A2B.RTT.N == 2 && a.conn(1).A2B.RTTFull.N == 1 }},
		{"ACKs inside a segment give no sample", with(seg{At: 20000 * us, Flags: ack, Seq: 1, Ack: 1, Len: 500, Window: 1000}, seg{At: 30000 * us, B: true, Flags: ack, Seq: 1, Ack: 301, Window: 1000},
			seg{At: 31000 * us, B: true, Flags: ack, Seq: 1, Ack: 501, Window: 1000}), func(a *Analyzer) bool { return a.conn(1).A2B.RTT.N == 1 && a.conn(1).A2B.CumACKed == 1 }},
		{"a probe of a closed window is in no segment list", with(seg{At: 20000 * us, B: true, Flags: ack, Seq: 1, Ack: 1}, seg{At: 30000 * us, Flags: ack, Seq: 1, Ack: 1, Len: 1, Window: 1000}),
			func(a *Analyzer) bool {
				h := a.conn(1).A2B
				return h.ProbePackets == 1 && h.ProbeBytes == 1 && h.UniqueBytes == 0 && h.DataBytes == 1
			}},
		{"outstanding data is one too much", with(seg{At: 20000 * us, Flags: ack, Seq: 1, Ack: 1, Len: 7, Window: 1000}), func(a *Analyzer) bool { return a.conn(1).A2B.MaxOwin == 8 }},
		{"constant IP identification makes duplicates", with(seg{At: 20000 * us, Flags: ack, Seq: 1, Ack: 1, Len: 7, Window: 1000, ID: 9}, seg{At: 300000 * us, Flags: ack, Seq: 1, Ack: 1, Len: 7, Window: 1000, ID: 9}),
			func(a *Analyzer) bool { return a.conn(1).A2B.HardwareDups == 1 }},
		{"RST counts in the mean window's divisor", []seg{{Flags: ack, Seq: 1, Ack: 1, Window: 900}, {At: 5 * us, Flags: rst, Seq: 1}, {At: 6 * us, Flags: ack, Seq: 1, Ack: 1, Window: 900}},
			func(a *Analyzer) bool { return a.conn(1).A2B.meanWindow(false) == 600 }},
		{"four SYNs of four numbers are two connections", []seg{{Flags: syn, Seq: 1, Window: 1}, {At: 1 * us, Flags: syn, Seq: 2, Window: 1}, {At: 2 * us, Flags: syn, Seq: 3, Window: 1}, {At: 3 * us, Flags: syn, Seq: 4, Window: 1}},
			func(a *Analyzer) bool { return a.Len() == 2 && a.conn(2).A2B.SYNs == 2 }},
		{"240 s of silence start another", with(seg{At: 250110100 * us, Flags: ack, Seq: 1, Ack: 1, Window: 1000}), func(a *Analyzer) bool { return a.Len() == 2 }},
		{"idle to the end of the trace", with(seg{At: 90000 * us, B: true, Flags: ack, Seq: 1, Ack: 1, Window: 1000}), func(a *Analyzer) bool { return a.conn(1).A2B.IdleMax == 79900 }},
		{"time going back is no time", []seg{{At: 1000 * us, Flags: syn, Window: 1}, {At: 0, B: true, Flags: syn | ack, Ack: 1, Window: 1}},
			func(a *Analyzer) bool { return a.conn(1).A2B.RTT.N == 1 && a.conn(1).A2B.RTT.Max == 0 }},
		{"counts of SYN wrap at 256", slicesRepeat(seg{Flags: syn, Window: 1}, 257), func(a *Analyzer) bool { return a.conn(1).A2B.SYNs == 1 && a.Len() == 1 }},
		{"a segment across a quarter is two", []seg{{Flags: syn, Seq: 0x3fffff00, Window: 1}, {At: 1 * us, B: true, Flags: syn | ack, Ack: 0x3fffff01, Window: 1},
			{At: 2 * us, Flags: ack, Seq: 0x3fffff01, Ack: 1, Len: 600, Window: 1}, {At: 9 * us, B: true, Flags: ack, Seq: 1, Ack: 0x3fffff01 + 600, Window: 1}},
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
	a := analyze(t, Config{}, false, append(loss(), seg{At: 70000 * us, Flags: syn, Seq: 9000, Window: 1000})...)
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
	if err := a.WritePacket(packet(seg{Flags: syn}, false)); err != nil {
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
	data, answer := packet(seg{Flags: ack, Seq: 1, Ack: 1, Len: 100, Window: 9}, false), packet(seg{B: true, Flags: ack, Seq: 1, Ack: 101, Window: 9}, false)
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
