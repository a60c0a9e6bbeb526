package pairhash

import (
	"errors"
	"maps"
	"net/netip"
	"slices"
	"testing"
)

// FuzzCounters counts pairs of 4 bytes each in all counters. Those that are exact equal a map, the
// others keep the bounds that they promise, and halves that are merged equal the whole.
func FuzzCounters(f *testing.F) {
	f.Add([]byte("\x00\x01\x00\x01\x01\x00\x00\x02\x02\x03\x10\x05\x02\x03\x11\xff\x02\x03\x00\x80"), uint64(1), uint8(2), uint8(0))
	f.Add([]byte("\x00\x01\x00\x01\x05\x04\x30\x02\x02\x03\x20\x05\x02\x03\x11\xff\x02\x02\x00\x80"), uint64(2), uint8(1), uint8(1))
	f.Fuzz(func(t *testing.T, in []byte, seed uint64, size, fold uint8) {
		topSize := 1 + int(size%16)
		cfg := CounterConfig{Slots: 1 << 6, Fold: Fold(fold % 3)}
		if cfg.Validate() != nil {
			cfg = CounterConfig{}
		}
		exact, half := NewExact(ExactConfig{Seed: seed}), NewExact(ExactConfig{Seed: seed + 1})
		full := NewExact(ExactConfig{Seed: seed, MaxPairs: topSize})
		external := must(NewExternal(ExternalConfig{Seed: seed, Dir: t.TempDir()}))
		defer external.Close()
		top, topHalf := must(NewTopK(TopKConfig{Size: topSize, Seed: seed})), must(NewTopK(TopKConfig{Size: topSize}))
		counter, counterHalf := must(NewCounter(cfg)), must(NewCounter(cfg))
		addresses := NewAddressCounter(AddressCounterConfig{})
		tree := must(NewPrefixTree(PrefixTreeConfig{Bits: 128}))

		counts, hosts, refused := map[Pair]uint64{}, map[Addr]uint64{}, uint64(0)
		total := uint64(0)
		for i := 0; len(in) >= 4; i, in = i+1, in[4:] {
			a, b := ip4(in[0], in[2]), ip4(in[1], in[2]>>4)
			if in[2]&1 != 0 {
				a.Hi = 1
			}
			n := 1 + uint64(in[3])
			p := PairOf(a, b)
			counts[p] += n
			hosts[a] += n
			total += n
			toExact, toTop, toCounter := exact, top, counter
			if i%2 == 1 {
				toExact, toTop, toCounter = half, topHalf, counterHalf
			}
			if err := errors.Join(toExact.AddN(a, b, n), external.AddN(b, a, n), tree.AddN(a, n)); err != nil {
				t.Fatal(err)
			}
			if a.IsIPv4() {
				if err := addresses.AddN(uint32(a.Lo), n); err != nil {
					t.Fatal(err)
				}
			}
			toTop.AddN(a, b, n)
			toCounter.AddN(a, b, n)
			if err := full.AddN(a, b, n); errors.Is(err, ErrFull) {
				refused += n
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(exact.Merge(half), top.Merge(topHalf), counter.Merge(counterHalf)); err != nil {
			t.Fatal(err)
		}
		want := make([]PairCount, 0, len(counts))
		for p, n := range counts {
			want = append(want, PairCount{p, n})
		}
		slices.SortFunc(want, func(x, y PairCount) int { return comparePair(&x, &y) })
		if got := slices.Collect(exact.Sorted(ByPair)); !slices.Equal(got, want) || exact.Total() != total || exact.Len() != len(counts) {
			t.Errorf("exact: %v, want %v", got, want)
		}
		var spilled []PairCount
		if err := external.Each(ByPair, func(p PairCount) error { spilled = append(spilled, p); return nil }); err != nil || !slices.Equal(spilled, want) {
			t.Errorf("external: %v, %v, want %v", spilled, err, want)
		}
		if full.Len() != min(topSize, len(counts)) || full.Total()+refused != total {
			t.Errorf("bounded: %d pairs, %d counted and %d refused of %d", full.Len(), full.Total(), refused, total)
		}
		if top.Total() != total {
			t.Errorf("topk: total %d, want %d", top.Total(), total)
		}
		for _, c := range top.Top(topSize) {
			if n := counts[c.Pair]; n > c.N || n < c.N-c.Err || c.Err > top.Bound() {
				t.Errorf("topk: %+v, bound %d, truth %d", c, top.Bound(), n)
			}
		}
		slots := uint64(0)
		for p, n := range counts {
			if counter.Count(p.A, p.B) < n {
				t.Errorf("counter: %d for %v, truth %d", counter.Count(p.A, p.B), p, n)
			}
		}
		for _, n := range counter.Counts() {
			slots += n
		}
		if slots != total || counter.Total() != total {
			t.Errorf("counter: slots sum to %d, total %d, want %d", slots, counter.Total(), total)
		}
		four := maps.Collect(addresses.All())
		for a, n := range hosts {
			if got := tree.Count(netip.PrefixFrom(a.Netip(), a.Netip().BitLen())); got != n {
				t.Errorf("tree: %d for %v, want %d", got, a, n)
			}
			if a.IsIPv4() {
				if four[uint32(a.Lo)] != n {
					t.Errorf("addresses: %d for %v, want %d", four[uint32(a.Lo)], a, n)
				}
				delete(four, uint32(a.Lo))
			}
		}
		if len(four) > 0 || tree.Total() != total {
			t.Errorf("addresses: %v too many; tree total %d, want %d", four, tree.Total(), total)
		}
	})
}

func ip4(x, y byte) Addr { return AddrFromUint32(10<<24 | uint32(y&3)<<16 | uint32(x)) }
