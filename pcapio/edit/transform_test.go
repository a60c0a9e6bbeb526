package edit

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

func sourceOf(records ...pcapio.Record) pcapio.RecordReader {
	return pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
		if len(records) == 0 {
			return io.EOF
		}
		*r = records[0]
		records = records[1:]
		return nil
	})
}

// udpFrame is an Ethernet frame of an IPv4 UDP packet with padding and right checksums, made by
// hand: the header's is ^(4500+0020+0001+0000+4011+0a00+0001+0a00+0002) = ~9935 = 66ca (RFC 1071),
// UDP's ^(0a00+0001+0a00+0002+0011+000c+03e8+0035+000c+6162+6364) = ~dd0f = 22f0.
var udpFrame = []byte("\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x08\x00" +
	"\x45\x00\x00\x20\x00\x01\x00\x00\x40\x11\x66\xca\x0a\x00\x00\x01\x0a\x00\x00\x02" +
	"\x03\xe8\x00\x35\x00\x0c\x22\xf0abcd" + "\x00\x00\x00\x00\x00\x00")

var arpFrame = append([]byte("\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00\x00\x01\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01"), make([]byte, 38)...)

func frame(data []byte) pcapio.Record {
	return pcapio.Record{Time: 1e9, LinkType: pcapio.LinkEthernet, OrigLen: len(data), Data: data}
}

func must(t Transform, err error) Transform {
	if err != nil {
		panic(err)
	}
	return t
}

func TestTransforms(t *testing.T) {
	for _, test := range []struct {
		name      string
		transform Transform
		in        pcapio.Record
		keep      bool
		length    int // of Data
		check     func(r pcapio.Record) bool
	}{
		{"truncate", Truncate(10), frame(udpFrame), true, 10, func(r pcapio.Record) bool { return r.OrigLen == len(udpFrame) }},
		{"truncate to more", Truncate(1000), frame(udpFrame), true, len(udpFrame), nil},
		{"truncate to less than nothing", Truncate(-1), frame(udpFrame), true, 0, nil},
		{"link", must(TruncateAfter(CutLink, pcapio.DecodeConfig{}, false)), frame(udpFrame), true, 14, nil},
		{"network", must(TruncateAfter(CutNetwork, pcapio.DecodeConfig{}, false)), frame(udpFrame), true, 34, nil},
		{"transport", must(TruncateAfter(CutTransport, pcapio.DecodeConfig{}, false)), frame(udpFrame), true, 42, nil},
		{"transport, cut", must(TruncateAfter(CutTransport, pcapio.DecodeConfig{}, false)), frame(udpFrame[:36]), true, 34, nil},
		{"transport of ARP", must(TruncateAfter(CutTransport, pcapio.DecodeConfig{}, false)), frame(arpFrame), false, 0, nil},
		{"ARP kept", must(TruncateAfter(CutTransport, pcapio.DecodeConfig{}, true)), frame(arpFrame), true, len(arpFrame), nil},
		{"strip", StripLink(), frame(udpFrame), true, 32, func(r pcapio.Record) bool {
			return r.LinkType == pcapio.LinkRaw && r.OrigLen == 32 && r.Data[0] == 0x45
		}},
		{"strip, cut", StripLink(), pcapio.Record{LinkType: pcapio.LinkEthernet, OrigLen: 60, Data: udpFrame[:40]}, true, 26, func(r pcapio.Record) bool { return r.OrigLen == 32 }},
		{"strip ARP", StripLink(), frame(arpFrame), false, 0, nil},
		{"shift", Shift(-3 * time.Second), frame(udpFrame), true, len(udpFrame), func(r pcapio.Record) bool { return r.Time == -2e9 }},
		{"shift by nothing", Shift(0), frame(udpFrame), true, len(udpFrame), func(r pcapio.Record) bool { return r.Time == 1e9 }},
		{"shift too far", Shift(math.MaxInt64), frame(udpFrame), false, 0, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := test.in
			if keep := test.transform.Transform(&r); keep != test.keep {
				t.Errorf("keep %v", keep)
			} else if keep && (len(r.Data) != test.length || test.check != nil && !test.check(r)) {
				t.Errorf("%+v", r)
			}
		})
	}
	for _, cfg := range []pcapio.DecodeConfig{{MaxTunnelDepth: -1}} {
		_, cutErr := TruncateAfter(CutLink, cfg, false)
		_, sampleErr := SampleFlows(2, 0, cfg)
		if cutErr == nil || sampleErr == nil {
			t.Errorf("%+v taken", cfg)
		}
	}
}

func TestTransformedCounts(t *testing.T) {
	records := []pcapio.Record{frame(udpFrame), frame(arpFrame), frame(udpFrame), frame(udpFrame), frame(udpFrame), frame(udpFrame)}
	r := NewTransform(sourceOf(records...), StripLink(), Every(2))
	all, err := readAll(t, r)
	s := r.Stats()
	if err != nil || len(all) != 3 || s.Read != 6 || s.Kept != 3 || s.Dropped[0] != 1 || s.Dropped[1] != 2 {
		t.Errorf("%d records, %+v, %v", len(all), s, err)
	}
	in, used, left := s.Account()
	if want := []pcapio.Reason{{Name: "dropped by transform 1", Packets: 1}, {Name: "dropped by transform 2", Packets: 2}}; in != 6 || used != 3 || !slices.Equal(left, want) {
		t.Errorf("%d in, %d used, %v left", in, used, left)
	}
}

func TestScale(t *testing.T) {
	for _, test := range []struct {
		name                     string
		first, t, num, den, want int64
	}{
		{"half", 100, 200, 1, 2, 150},
		{"half, rounded down", 100, 203, 1, 2, 151},
		{"earlier than the first", 100, 97, 1, 2, 98}, // 98.5, rounded down
		{"first stays", 100, 100, 7, 3, 100},
		{"thrice", -100, 200, 3, 1, 800},
		{"by one, of great numbers", 0, math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64},
		{"whole range", math.MinInt64, math.MaxInt64, 1, 1, math.MaxInt64},
		{"whole range back", math.MaxInt64, math.MinInt64, 1, 1, math.MinInt64},
		{"too late", 0, math.MaxInt64, 2, 1, -1}, // out of range
		{"too early", 0, math.MinInt64, 2, 1, -1},
		{"just too late", 0, 1 << 62, 2, 1, -1},
		{"last time", 0, 1, math.MaxInt64, 1, math.MaxInt64},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := must(Scale(test.num, test.den))
			first, r := pcapio.Record{Time: test.first}, pcapio.Record{Time: test.t}
			s.Transform(&first)
			if keep := s.Transform(&r); keep != (test.want != -1) || keep && r.Time != test.want {
				t.Errorf("%d %v, want %d", r.Time, keep, test.want)
			}
		})
	}
	for _, bad := range [][2]int64{{0, 1}, {1, 0}, {-1, 1}} {
		if _, err := Scale(bad[0], bad[1]); err == nil {
			t.Errorf("%v taken", bad)
		}
	}
}

// flowFrame is a UDP packet of the i-th flow, in one direction or the other.
func flowFrame(i int, back bool) pcapio.Record {
	b := bytes.Clone(udpFrame)
	binary.BigEndian.PutUint16(b[34:], uint16(1000+i))
	if back {
		copy(b[26:30], udpFrame[30:34])
		copy(b[30:34], udpFrame[26:30])
		binary.BigEndian.PutUint16(b[34:], 53)
		binary.BigEndian.PutUint16(b[36:], uint16(1000+i))
	}
	return frame(b)
}

func TestSampleFlows(t *testing.T) {
	kept := func(n, key uint64) (flows []int) {
		s := must(SampleFlows(n, key, pcapio.DecodeConfig{}))
		for i := range 1000 {
			there, back := flowFrame(i, false), flowFrame(i, true)
			keep := s.Transform(&there)
			if s.Transform(&back) != keep {
				t.Fatalf("flow %d: one direction only", i)
			}
			if keep {
				flows = append(flows, i)
			}
		}
		return flows
	}
	a, again, other := kept(10, 1), kept(10, 1), kept(10, 2)
	if len(a) < 60 || len(a) > 140 { // 100, give or take four standard deviations
		t.Errorf("%d of 1000 flows with 1 in 10", len(a))
	}
	if len(again) != len(a) || again[0] != a[0] {
		t.Error("the sample changes from run to run")
	}
	if len(other) == len(a) && other[0] == a[0] && other[1] == a[1] {
		t.Error("another key chooses the same flows")
	}
	if n := len(kept(1, 0)); n != 1000 {
		t.Errorf("%d of 1000 flows with 1 in 1", n)
	}
	arp := frame(arpFrame)
	if must(SampleFlows(1, 0, pcapio.DecodeConfig{})).Transform(&arp) {
		t.Error("ARP belongs to a flow")
	}
}

func TestTransformsNoAllocations(t *testing.T) {
	list := []Transform{must(SampleFlows(1, 0, pcapio.DecodeConfig{})), must(TruncateAfter(CutTransport, pcapio.DecodeConfig{}, false)), FixChecksums(), StripLink(), Shift(1)}
	src := pcapio.RecordReaderFunc(func(r *pcapio.Record) error { *r = frame(udpFrame); return nil })
	tr := NewTransform(src, list...)
	var r pcapio.Record
	var err error
	if n := testing.AllocsPerRun(1000, func() { err = errors.Join(err, tr.ReadRecord(&r)) }); n != 0 || err != nil {
		t.Errorf("%v allocations per record, %v", n, err)
	}
}

// FuzzTransforms gives damaged packets of all link types to all transforms.
func FuzzTransforms(f *testing.F) {
	f.Add(uint16(pcapio.LinkEthernet), 60, udpFrame)
	f.Add(uint16(pcapio.LinkEthernet), 60, udpFrame[:36])
	f.Add(uint16(pcapio.LinkRaw), 20, udpFrame[14:])
	f.Fuzz(func(t *testing.T, link uint16, wire int, data []byte) {
		cfg := pcapio.DecodeConfig{Tunnels: pcapio.TunnelAll}
		before := bytes.Clone(data)
		for i, tr := range []Transform{FixChecksums(), must(TruncateAfter(CutTransport, cfg, true)), must(SampleFlows(2, 1, cfg)), StripLink()} {
			r := pcapio.Record{LinkType: pcapio.LinkType(link), OrigLen: max(wire, 0), Data: data}
			if tr.Transform(&r); len(r.Data) > len(data) || r.OrigLen < 0 {
				t.Fatalf("transform %d: %d bytes of %d, wire %d", i, len(r.Data), len(data), r.OrigLen)
			}
			if !bytes.Equal(data, before) {
				t.Fatalf("transform %d changed the reader's bytes", i)
			}
		}
	})
}
