package packets

import (
	"errors"
	"maps"
	"testing"

	"github.com/reeftools/reef/pairhash"
	"github.com/reeftools/reef/pcapio"
)

// packet is one of n bytes from 10.0.0.src to 10.0.0.dst.
func packet(src, dst byte, n int) *pcapio.Packet {
	p := &pcapio.Packet{Status: pcapio.StatusOK, IPVersion: 4, IPLen: n}
	p.Src = [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: src}
	p.Dst = [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: dst}
	return p
}

// All counters count the same, in batches or at the end, and bytes where these are wanted.
func TestWriter(t *testing.T) {
	pair := func(x, y byte) pairhash.Pair {
		return pairhash.PairOf(pairhash.AddrFromUint32(10<<24|uint32(x)), pairhash.AddrFromUint32(10<<24|uint32(y)))
	}
	for _, c := range []struct {
		name  string
		bytes bool
		n     int // packets of each kind
		want  map[pairhash.Pair]uint64
	}{
		{"none", false, 0, map[pairhash.Pair]uint64{}},
		{"one", false, 1, map[pairhash.Pair]uint64{pair(1, 2): 2, pair(1, 3): 1}},
		{"bytes", true, 1, map[pairhash.Pair]uint64{pair(1, 2): 100, pair(1, 3): 60}},
		{"batches", false, 1000, map[pairhash.Pair]uint64{pair(1, 2): 2000, pair(1, 3): 1000}},
	} {
		t.Run(c.name, func(t *testing.T) {
			exact := pairhash.NewExact(pairhash.ExactConfig{})
			w, err := NewWriter(Config{Bytes: c.bytes}, exact)
			if err != nil {
				t.Fatal(err)
			}
			for range c.n {
				for _, p := range []*pcapio.Packet{packet(1, 2, 40), packet(2, 1, 60), {Status: pcapio.StatusNonIP}, packet(3, 1, 60)} {
					if err := w.WritePacket(p); err != nil {
						t.Fatal(err)
					}
				}
			}
			for range 2 { // the second adds nothing
				if err := w.Flush(); err != nil {
					t.Fatal(err)
				}
			}
			got := map[pairhash.Pair]uint64{}
			for p := range exact.All() {
				got[p.Pair] = p.N
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			stats := w.Stats()
			in, used, left := stats.Account()
			if in != uint64(4*c.n) || used != uint64(3*c.n) || in != used+left[0].Packets {
				t.Errorf("in %d, used %d, left %v", in, used, left)
			}
			stats.Merge(&Stats{1, 2})
			if stats.Used != used+1 || stats.NotIP != left[0].Packets+2 {
				t.Errorf("merged %+v", stats)
			}
		})
	}
}

func TestWriterErrors(t *testing.T) {
	if _, err := NewWriter(Config{}, nil); !errors.Is(err, ErrConfig) {
		t.Errorf("nil counter: %v", err)
	}
	if err := new(Writer).WritePacket(packet(1, 2, 40)); !errors.Is(err, ErrConfig) {
		t.Errorf("zero value: %v", err)
	}
	full, calls := errors.New("full"), 0
	w, err := NewWriter(Config{}, pairhash.PairWriterFunc(func([]pairhash.PairCount) error { calls++; return full }))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 * batchLen {
		if err := w.WritePacket(packet(1, 2, 40)); errors.Is(err, full) != (i >= batchLen-1) {
			t.Fatalf("packet %d: %v", i, err)
		}
	}
	for range 2 {
		if err := w.Flush(); !errors.Is(err, full) {
			t.Errorf("Flush: %v", err)
		}
	}
	if calls != 1 {
		t.Errorf("%d calls of a counter that failed", calls)
	}
}

func TestWriterDoesNotAllocate(t *testing.T) {
	w, err := NewWriter(Config{}, pairhash.PairWriterFunc(func([]pairhash.PairCount) error { return nil }))
	if err != nil {
		t.Fatal(err)
	}
	p := packet(1, 2, 40)
	if n := testing.AllocsPerRun(1000, func() { _ = w.WritePacket(p) }); n != 0 {
		t.Errorf("%v allocations per packet", n)
	}
}
