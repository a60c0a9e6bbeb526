package pairhash

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"testing"
)

func TestAddressCounter(t *testing.T) {
	c, other := NewAddressCounter(AddressCounterConfig{}), NewAddressCounter(AddressCounterConfig{})
	want := map[uint32]uint64{}
	r := rand.New(rand.NewPCG(3, 3))
	add := func(a uint32, n uint64) {
		to := c
		if r.Uint32()&1 == 0 {
			to = other
		}
		if err := to.AddN(a, n); err != nil {
			t.Fatal(err)
		}
		if want[a] += n; want[a] == 0 {
			delete(want, a)
		}
	}
	for range 20000 {
		add(0x0a000000+r.Uint32N(3000), r.Uint64N(3))
	}
	for _, a := range []uint32{0, math.MaxUint32, 0x0a0000ff, 0x0a000100} {
		add(a, math.MaxUint32)
		add(a, 1)
		add(a, 1<<40+5)
	}
	if err := c.Merge(other); err != nil {
		t.Fatal(err)
	}
	if got := maps.Collect(c.All()); !maps.Equal(got, want) {
		t.Errorf("%d addresses, want %d", len(got), len(want))
	}
	var order []uint32
	total := uint64(0)
	for a, n := range c.All() {
		order = append(order, a)
		total += n
	}
	if !slices.IsSorted(order) || total != c.Total() || c.Distinct() != uint64(len(want)) || c.Pages() != 12+2 {
		t.Errorf("total %d of %d, distinct %d of %d, %d pages", c.Total(), total, c.Distinct(), len(want), c.Pages())
	}
	top := c.Top(4)
	for _, a := range top {
		if a.N < 1<<40 || a.N != want[a.Addr] {
			t.Errorf("top %+v", a)
		}
	}
	if len(top) != 4 || len(c.Top(-1)) != 0 || len(c.Top(math.MaxInt32)) != len(want) {
		t.Errorf("top %v", top)
	}
	if c.Count(0x7f000001) != 0 || c.Count(0x0aff0000) != 0 {
		t.Error("address that never occurred")
	}
	for _, n := range []uint64{math.MaxUint64 - 5, 6, 1} {
		if err := c.AddN(1, n); err != nil {
			t.Fatal(err)
		}
	}
	if c.Count(1) != math.MaxUint64 {
		t.Errorf("count %d after overflow", c.Count(1))
	}
}

func TestAddressCounterFull(t *testing.T) {
	c := NewAddressCounter(AddressCounterConfig{MaxPages: 2})
	if err := errors.Join(c.Add(0), c.Add(0x10000), c.Add(255)); err != nil {
		t.Fatal(err)
	}
	for _, a := range []uint32{256, 1 << 31} {
		if err := c.Add(a); !errors.Is(err, ErrFull) {
			t.Errorf("%x: %v", a, err)
		}
	}
	if c.Total() != 3 || c.Distinct() != 3 || c.Pages() != 2 {
		t.Errorf("total %d, distinct %d, %d pages", c.Total(), c.Distinct(), c.Pages())
	}
}

func TestPrefixTree(t *testing.T) {
	for _, length := range []int{0, 1, 32, 48, 64, 65, 128} {
		t.Run(fmt.Sprint(length), func(t *testing.T) {
			tree, other := must(NewPrefixTree(PrefixTreeConfig{Bits: length})), must(NewPrefixTree(PrefixTreeConfig{Bits: length}))
			if length == 0 {
				length = 64
			}
			want := map[netip.Prefix]uint64{}
			r := rand.New(rand.NewPCG(4, uint64(length)))
			var seen []Addr
			for i := range 3000 {
				a := Addr{0x20010db8<<32 | r.Uint64N(1<<20)<<uint(r.IntN(13)), r.Uint64() >> uint(r.IntN(64))}
				if i%3 == 0 && i > 0 {
					a = seen[r.IntN(len(seen))]
				}
				seen = append(seen, a)
				to := tree
				if i%2 == 0 {
					to = other
				}
				if err := to.AddN(a, uint64(i%5)); err != nil {
					t.Fatal(err)
				}
				if i%5 > 0 {
					want[must(a.as16().Prefix(length))] += uint64(i % 5)
				}
			}
			if err := tree.Merge(other); err != nil {
				t.Fatal(err)
			}
			if got := maps.Collect(tree.All()); !maps.Equal(got, want) || tree.Len() != len(want) {
				t.Errorf("/%d: %d prefixes, %d by Len, want %d", length, len(got), tree.Len(), len(want))
			}
			var last netip.Prefix
			for p := range tree.All() {
				if last.IsValid() && last.Addr().Compare(p.Addr()) >= 0 {
					t.Errorf("/%d: %v after %v", length, p, last)
				}
				last = p
			}
			for range 200 { // sums of shorter prefixes
				p := must(seen[r.IntN(len(seen))].as16().Prefix(r.IntN(length + 1)))
				sum := uint64(0)
				for q, n := range want {
					if p.Contains(q.Addr()) {
						sum += n
					}
				}
				if got := tree.Count(p); got != sum {
					t.Errorf("/%d: %v has %d, want %d", length, p, got, sum)
				}
			}
			if length < 128 && tree.Count(netip.PrefixFrom(seen[1].as16(), length+1)) != 0 {
				t.Errorf("/%d: longer prefix has a count", length)
			}
			if tree.Count(netip.MustParsePrefix("3000::/16")) != 0 || tree.Count(netip.Prefix{}) != 0 {
				t.Errorf("/%d: foreign prefix has a count", length)
			}
		})
	}
	tree := must(NewPrefixTree(PrefixTreeConfig{MaxPrefixes: 2}))
	err := errors.Join(tree.Add(ip("2001:db8::1")), tree.Add(ip("2001:db8:1::")), tree.Add(ip("2001:db8::2")))
	if err != nil || !errors.Is(tree.Add(ip("::")), ErrFull) || tree.Total() != 3 || tree.Len() != 2 {
		t.Errorf("limit: %v, total %d", err, tree.Total())
	}
	if err := tree.Merge(must(NewPrefixTree(PrefixTreeConfig{Bits: 48}))); !errors.Is(err, ErrMismatch) {
		t.Errorf("other length: %v", err)
	}
	v4 := must(NewPrefixTree(PrefixTreeConfig{Bits: 120}))
	if err := v4.Add(ip("10.0.0.7")); err != nil || v4.Count(netip.MustParsePrefix("10.0.0.0/8")) != 1 {
		t.Errorf("IPv4: %v, %d", err, v4.Count(netip.MustParsePrefix("10.0.0.0/8")))
	}
}

func TestHyperLogLog(t *testing.T) {
	if e := must(NewHyperLogLog(HyperLogLogConfig{})).Estimate(); e != 0 {
		t.Errorf("empty: %g", e)
	}
	for _, n := range []int{1, 10, 1000, 20000, 300000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			h, a, b := must(NewHyperLogLog(HyperLogLogConfig{})), must(NewHyperLogLog(HyperLogLogConfig{})), must(NewHyperLogLog(HyperLogLogConfig{}))
			for i := range n {
				hash := AddrFromUint64(uint64(i)).Hash(5)
				h.AddHash(hash)
				h.AddHash(hash)
				if i%3 == 0 {
					a.AddHash(hash)
				}
				if i%3 != 1 {
					b.AddHash(hash)
				}
				if i%3 == 1 {
					a.AddHash(hash)
				}
			}
			near(t, "estimate", h.Estimate(), float64(n), 0.03)
			if err := a.Merge(b); err != nil || a.Estimate() != h.Estimate() {
				t.Errorf("%d: merged %g, want %g, %v", n, a.Estimate(), h.Estimate(), err)
			}
		})
	}
	if err := must(NewHyperLogLog(HyperLogLogConfig{Precision: 4})).Merge(must(NewHyperLogLog(HyperLogLogConfig{}))); !errors.Is(err, ErrMismatch) {
		t.Errorf("other precision: %v", err)
	}
	one, two := must(NewHyperLogLog(HyperLogLogConfig{Seed: 1})), must(NewHyperLogLog(HyperLogLogConfig{Seed: 2}))
	one.Add(AddrFromUint64(7))
	two.Add(AddrFromUint64(7))
	if err := one.Merge(two); !errors.Is(err, ErrMismatch) || one.Seed() != 1 || math.Round(one.Estimate()) != 1 {
		t.Errorf("other seed: %v, estimate %g", err, one.Estimate())
	}
	if err := one.Merge(one.Clone()); err != nil {
		t.Errorf("a clone: %v", err)
	}
	full := must(NewHyperLogLog(HyperLogLogConfig{Precision: 4}))
	for i := range uint64(16) {
		full.AddHash(i << 60)
	}
	if e := full.Estimate(); e < 1e18 {
		t.Errorf("all registers at their end: %g", e)
	}
}

// AddPairs fills registers as AddHash does with the hash of each pair, in either order of
// addresses.
func TestHyperLogLogAddPairs(t *testing.T) {
	for _, seed := range []uint64{0, 1 << 63} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			one, batches := must(NewHyperLogLog(HyperLogLogConfig{Precision: 6, Seed: seed})), must(NewHyperLogLog(HyperLogLogConfig{Precision: 6, Seed: seed}))
			var all []PairCount
			for _, p := range mixedPairs(30000) {
				all = append(all, PairCount{Pair{p.B, p.A}, 0})
				one.AddHash(PairOf(p.A, p.B).Hash(seed))
			}
			for b := range slices.Chunk(all, 1000) {
				batches.AddPairs(b)
			}
			if !reflect.DeepEqual(batches, one) {
				t.Errorf("seed %d: other registers", seed)
			}
			if n := testing.AllocsPerRun(10, func() { batches.AddPairs(all[:500]) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}
