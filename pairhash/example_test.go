package pairhash_test

import (
	"fmt"
	"net/netip"
	"sync"

	"github.com/reeftools/reef/pairhash"
)

func addr(s string) pairhash.Addr { return pairhash.AddrFrom(netip.MustParseAddr(s)) }

var (
	a, b, c = addr("10.0.0.1"), addr("10.0.0.2"), addr("2001:db8::1")
)

func show(p pairhash.PairCount) { fmt.Println(p.A.Netip(), p.B.Netip(), p.N) }

func ExampleNewCounter() {
	counter, err := pairhash.NewCounter(pairhash.CounterConfig{Fold: pairhash.FoldXOR})
	if err != nil {
		fmt.Println(err)
		return
	}
	counter.Add(a, b)
	counter.AddN(b, a, 4)
	fmt.Println(counter.Slot(a, b), counter.Count(a, b))
	// Output: 3 5
}

// Counters of several goroutines need no lock: each has its own, and they are merged at the end.
func ExampleCounter_Merge() {
	var sum *pairhash.Counter
	shards := make([]*pairhash.Counter, 4)
	var wg sync.WaitGroup
	for i := range shards {
		shard, err := pairhash.NewCounter(pairhash.CounterConfig{})
		if err != nil {
			fmt.Println(err)
			return
		}
		shards[i] = shard
		wg.Go(func() { shard.AddN(a, b, uint64(i)) })
	}
	wg.Wait()
	sum = shards[0]
	for _, s := range shards[1:] {
		if err := sum.Merge(s); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(sum.Count(b, a))
	// Output: 6
}

func ExampleCounter_Collisions() {
	counter, err := pairhash.NewCounter(pairhash.CounterConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range uint32(20000) {
		counter.AddN(pairhash.AddrFromUint32(i), a, 10)
	}
	e := counter.Collisions(0)
	low, high := e.Bounds(30)
	fmt.Printf("shared %.2f, foreign %.1f, so a slot of 30 is a pair of %d to %d\n", e.ExpectedShared, e.ExpectedMean, low, high)
	// Output: shared 0.26, foreign 3.1, so a slot of 30 is a pair of 10 to 30
}

func ExampleCounter_Recover() {
	counter, err := pairhash.NewCounter(pairhash.CounterConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	traffic := [][2]pairhash.Addr{{a, b}, {a, c}, {b, a}, {a, b}, {b, c}}
	for _, t := range traffic {
		counter.Add(t[0], t[1])
	}
	second := counter.Recover(1, 0) // the largest slot only
	for _, t := range traffic {
		if err := second.Add(t[0], t[1]); err != nil {
			fmt.Println(err)
		}
	}
	for _, p := range second.Top(10) {
		show(p)
	}
	// Output: 10.0.0.1 10.0.0.2 3
}

func ExampleCounter_MarshalBinary() {
	counter, err := pairhash.NewCounter(pairhash.CounterConfig{Slots: 1024, Seed: 42})
	if err != nil {
		fmt.Println(err)
		return
	}
	counter.Add(a, b)
	data, err := counter.MarshalBinary()
	if err != nil {
		fmt.Println(err)
		return
	}
	var back pairhash.Counter
	err = back.UnmarshalBinary(data)
	fmt.Println(len(data), back.Count(a, b), err)
	// Output: 8216 1 <nil>
}

func ExampleNewMajority() {
	m, err := pairhash.NewMajority(pairhash.CounterConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	m.AddN(a, b, 7)
	m.Add(a, c)
	for _, p := range m.Top(2) {
		fmt.Println(p.A.Netip(), p.B.Netip(), p.Low, p.High)
	}
	// Output:
	// 10.0.0.1 10.0.0.2 7 7
	// 10.0.0.1 2001:db8::1 1 1
}

func ExampleNewExact() {
	exact := pairhash.NewExact(pairhash.ExactConfig{})
	for _, t := range [][2]pairhash.Addr{{a, b}, {a, c}, {b, a}, {b, c}} {
		if err := exact.Add(t[0], t[1]); err != nil {
			fmt.Println(err)
		}
	}
	for p := range exact.Sorted(pairhash.ByCount) {
		show(p)
	}
	fmt.Println(exact.Len(), "pairs,", exact.Total(), "in all")
	// Output:
	// 10.0.0.1 10.0.0.2 2
	// 10.0.0.1 2001:db8::1 1
	// 10.0.0.2 2001:db8::1 1
	// 3 pairs, 4 in all
}

func ExampleNewExternal() {
	x, err := pairhash.NewExternal(pairhash.ExternalConfig{Memory: 64 << 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer x.Close()
	for range 3 {
		if err := x.Add(a, b); err != nil { // *SpillError: the disk is full, say
			fmt.Println(err)
		}
	}
	err = x.Top(10, func(p pairhash.PairCount) error {
		show(p)
		return nil
	})
	fmt.Println(err)
	// Output:
	// 10.0.0.1 10.0.0.2 3
	// <nil>
}

func ExampleNewTopK() {
	top, err := pairhash.NewTopK(pairhash.TopKConfig{Size: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	top.AddN(a, b, 1500) // bytes
	top.AddN(a, c, 40)
	top.AddN(b, c, 60) // takes the place of a, c
	for _, p := range top.Top(2) {
		fmt.Println(p.A.Netip(), p.B.Netip(), "at most", p.N, "at least", p.N-p.Err)
	}
	// Output:
	// 10.0.0.1 10.0.0.2 at most 1500 at least 1500
	// 10.0.0.2 2001:db8::1 at most 100 at least 60
}

func ExampleNewAddressCounter() {
	sources := pairhash.NewAddressCounter(pairhash.AddressCounterConfig{})
	for _, s := range []uint32{0x0a000001, 0x0a000002, 0x0a000001} {
		if err := sources.Add(s); err != nil { // ErrFull: more pages than configured
			fmt.Println(err)
		}
	}
	for _, s := range sources.Top(1) {
		fmt.Println(pairhash.AddrFromUint32(s.Addr).Netip(), s.N)
	}
	fmt.Println(sources.Distinct(), "sources on", sources.Pages(), "page")
	// Output:
	// 10.0.0.1 2
	// 2 sources on 1 page
}

func ExampleNewPrefixTree() {
	tree, err := pairhash.NewPrefixTree(pairhash.PrefixTreeConfig{Bits: 48})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range []string{"2001:db8:1::1", "2001:db8:1:5::2", "2001:db8:2::1", "2001:4860::1"} {
		if err := tree.Add(addr(s)); err != nil { // ErrFull: more prefixes than configured
			fmt.Println(err)
		}
	}
	for prefix, n := range tree.All() {
		fmt.Println(prefix, n)
	}
	fmt.Println("2001:db8::/32", tree.Count(netip.MustParsePrefix("2001:db8::/32")))
	// Output:
	// 2001:db8:1::/48 2
	// 2001:db8:2::/48 1
	// 2001:4860::/48 1
	// 2001:db8::/32 3
}

func ExampleNewHyperLogLog() {
	distinct, err := pairhash.NewHyperLogLog(pairhash.HyperLogLogConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range uint32(50000) {
		distinct.Add(pairhash.AddrFromUint32(i % 10000))
	}
	fmt.Printf("about %.0f\n", distinct.Estimate())
	// Output: about 9973
}

func ExamplePairOf() {
	fmt.Println(pairhash.PairOf(a, b) == pairhash.PairOf(b, a))
	// Output: true
}

func ExampleExact_AddBatch() {
	exact := pairhash.NewExact(pairhash.ExactConfig{})
	n, err := exact.AddBatch([]pairhash.PairCount{{Pair: pairhash.PairOf(a, b), N: 2}, {Pair: pairhash.PairOf(b, a), N: 3}})
	fmt.Println(n, err, exact.Count(a, b))
	// Output: 2 <nil> 5
}

func ExampleHyperLogLog_AddPairs() {
	distinct, err := pairhash.NewHyperLogLog(pairhash.HyperLogLogConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	distinct.AddPairs([]pairhash.PairCount{{Pair: pairhash.PairOf(a, b), N: 2}, {Pair: pairhash.PairOf(a, c), N: 1}, {Pair: pairhash.PairOf(b, a), N: 3}})
	fmt.Printf("about %.0f\n", distinct.Estimate())
	// Output: about 2
}
