package intervalstat

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

func TestGroups(t *testing.T) {
	by, err := ByPrefix(24, 64, false)
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		key  string
		from int64
		n    uint64
	}
	var got []row
	g, err := NewGroups(Config{Width: time.Second, MaxGroups: 2, Late: LateDrop}, by, ComparePrefix, func(all *Bucket, groups []Group[netip.Prefix]) error {
		for _, g := range groups {
			got = append(got, row{g.Key.String(), g.Start / second, g.Packets})
		}
		got = append(got, row{"all", all.Start / second, all.Packets})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []struct {
		at  int64
		net byte
	}{{0, 2}, {1, 1}, {2, 2}, {3, 3}, {3 * second, 3}, {1, 1}, {3*second + 1, 9}} {
		p := packet(in.at, 100)
		p.Src = netip.AddrFrom4([4]byte{10, 0, in.net, 7}).As16()
		if err := g.WritePacket(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(g.WritePacket(&pcapio.Packet{}), g.Flush()); err != nil {
		t.Fatal(err)
	}
	want := []row{{"10.0.1.0/24", 0, 1}, {"10.0.2.0/24", 0, 2}, {"all", 0, 3}, {"10.0.3.0/24", 2, 1}, {"all", 2, 1}, {"10.0.9.0/24", 3, 1}, {"all", 3, 1}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	if s := g.Stats(); s != (Stats{Used: 5, Late: 1, NoRoom: 1, Ungrouped: 1, Buckets: 3}) || given(&s) != 8 {
		t.Errorf("%+v", s)
	}
	for _, bits := range [][2]int{{33, 0}, {0, 129}, {-1, 0}} {
		if _, err := ByPrefix(bits[0], bits[1], true); !errors.Is(err, ErrConfig) {
			t.Error(bits, err)
		}
	}
}

// The sum of an interval's groups is what a Series has for it, but for packets without a group, and
// empty intervals come too.
func TestGroupsSum(t *testing.T) {
	cfg := Config{Width: time.Second, Empty: true, Distinct: true, Percentiles: true}
	var series, sums []*Bucket
	s, err := NewSeries(cfg, BucketWriterFunc(func(b *Bucket) error { series = append(series, b.Clone()); return nil }))
	if err != nil {
		t.Fatal(err)
	}
	groups := 0
	g, err := NewGroups(cfg, ByProtocol, cmp.Compare[uint8], func(all *Bucket, of []Group[uint8]) error {
		sums, groups = append(sums, all.Clone()), groups+len(of)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range []*pcapio.Packet{packet(0, 100), packet(1, 200), packet(2, 300), packet(4*second, 60), packet(4*second+9, 1500)} {
		p.Proto, p.Src[15], p.SrcPort = uint8(6+11*(i%2)), byte(i), uint16(i)
		if err := errors.Join(s.WritePacket(p), g.WritePacket(p)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(s.Flush(), g.Flush()); err != nil {
		t.Fatal(err)
	}
	if len(series) != 5 || len(sums) != 5 || groups != 4 { // two in the first, one each in the last two
		t.Fatalf("%d groups, %d intervals and %d sums", groups, len(series), len(sums))
	}
	for i, want := range series {
		got := sums[i]
		if !reflect.DeepEqual(got.Hosts, want.Hosts) || !reflect.DeepEqual(got.Flows, want.Flows) || got.Quantile(0.5) != want.Quantile(0.5) {
			t.Errorf("interval %d: sketches or sizes differ", i)
		}
		for _, b := range []*Bucket{got, want} {
			b.Hosts, b.Flows, b.Sizes = nil, nil, nil
		}
		if *got != *want {
			t.Errorf("interval %d: sum %+v, want %+v", i, *got, *want)
		}
	}
}

func TestTopGroups(t *testing.T) {
	groups := func() []Group[string] {
		return []Group[string]{{"a", &Bucket{Bytes: 5}}, {"b", &Bucket{Bytes: 9}}, {"c", &Bucket{Bytes: 5}}, {"d", &Bucket{Bytes: 7}}}
	}
	for n, want := range map[int]string{-1: "", 0: "", 1: "b", 3: "bda", 4: "bdac", 9: "bdac"} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			got := ""
			for _, g := range TopGroups(groups(), n, func(b *Bucket) uint64 { return b.Bytes }) {
				got += g.Key
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
