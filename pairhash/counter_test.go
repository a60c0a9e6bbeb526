package pairhash

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"sync"
	"testing"
)

// words makes an address of two 32-bit words.
func words(high, low uint32) Addr { return AddrFromUint64(uint64(high)<<32 | uint64(low)) }

func ip(s string) Addr { return AddrFrom(netip.MustParseAddr(s)) }

// randomPairs returns pairs of words that are drawn from few addresses, so that some repeat.
func randomPairs(n, addresses int, seed uint64) []Pair {
	r := rand.New(rand.NewPCG(seed, 1))
	p := make([]Pair, n)
	for i := range p {
		p[i] = Pair{AddrFromUint64(mix(r.Uint64N(uint64(addresses)))), AddrFromUint64(mix(r.Uint64N(uint64(addresses))))}
	}
	return p
}

func mix(v uint64) uint64 {
	v = (v ^ v>>31) * 0x9e3779b97f4a7c15
	return v ^ v>>29
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestFoldXORByHand(t *testing.T) {
	for _, c := range []struct {
		a, b  Addr
		width uint
		want  uint32
	}{
		// 12345678^9abcdef0 = 88888888; 0000ffff^11110000 = 1111ffff; together 99997777; 9999^7777
		// = eeee
		{words(0x12345678, 0x9abcdef0), words(0x0000ffff, 0x11110000), 16, 0xeeee},
		{words(0x0a000001, 0), words(0xc0a80001, 0), 16, 0x0a00 ^ 1 ^ 0xc0a8 ^ 1},
		// 10.0.0.1 folds to 0a00^0001 = 0a01, 192.168.0.1 to c0a8^0001 = c0a9
		{ip("10.0.0.1"), ip("192.168.0.1"), 16, 0x0a01 ^ 0xc0a9},
		{ip("10.0.0.1"), ip("10.0.0.2"), 16, 3},
		{ip("10.0.0.5"), ip("10.0.0.6"), 16, 3}, // the classic collision
		{ip("2001:db8::1"), ip("2001:db8::2"), 16, 3},
		{ip("2001:db8::1"), ip("::"), 16, 0x2001 ^ 0x0db8 ^ 1},
		{words(0, 0x12345678), words(0, 0), 8, 0x12 ^ 0x34 ^ 0x56 ^ 0x78},
		{words(0, 0x12345678), words(0, 0), 20, 0x123 ^ 0x45678},
		{words(0, 0x80000001), words(0, 0), 1, 0},
		{words(0, 7), words(0, 7), 16, 0},
	} {
		t.Run(fmt.Sprint(c.a, c.b), func(t *testing.T) {
			if got := foldXOR(xor32(c.a, c.b), c.width); got != c.want {
				t.Errorf("%x %x, %d bits: %#x, want %#x", c.a, c.b, c.width, got, c.want)
			}
			if got := foldXOR(xor32(c.b, c.a), c.width); got != c.want {
				t.Errorf("%x %x reversed: %#x, want %#x", c.a, c.b, got, c.want)
			}
		})
	}
}

// The hash must not depend on the machine: these values were computed on a little-endian 64-bit one
// and checked with GOARCH=386.
func TestMetroGolden(t *testing.T) {
	const metroGolden = uint64(0xdab1985aa570db83)
	c := must(NewCounter(CounterConfig{Seed: 1}))
	p := PairOf(words(1, 2), words(3, 4))
	if got := p.hash(1); got != metroGolden {
		t.Errorf("hash %#x, want %#x", got, metroGolden)
	}
	if got := p.Hash(1); got != 0x44a9ebcc4383e647 {
		t.Errorf("hash for estimates %#x", got)
	}
	if a, b := c.Slot(p.A, p.B), c.Slot(p.B, p.A); a != b || uint64(a) != metroGolden>>48 {
		t.Errorf("slots %#x and %#x, want %#x", a, b, metroGolden>>48)
	}
}

func TestCounterCounts(t *testing.T) {
	for _, cfg := range []CounterConfig{{}, {Fold: FoldXOR}, {Slots: 2}, {Slots: 1 << 20, Seed: 7}, {Slots: 1 << 18, Fold: FoldXOR}} {
		t.Run(fmt.Sprintf("%+v", cfg), func(t *testing.T) {
			c := must(NewCounter(cfg))
			want := make([]uint64, len(c.Counts()))
			total := uint64(0)
			for i, p := range randomPairs(5000, 300, 1) {
				n := uint64(i % 7)
				want[c.Slot(p.A, p.B)] += n
				total += n
				if i%2 == 0 {
					p.A, p.B = p.B, p.A
				}
				c.AddN(p.A, p.B, n)
				if c.Count(p.A, p.B) != c.Count(p.B, p.A) {
					t.Fatalf("%+v: directions differ", cfg)
				}
			}
			for i, n := range c.Counts() {
				if n != want[i] {
					t.Fatalf("%+v: slot %d has %d, want %d", cfg, i, n, want[i])
				}
			}
			if c.Total() != total {
				t.Errorf("%+v: total %d, want %d", cfg, c.Total(), total)
			}
			c.Reset()
			if c.Total() != 0 {
				t.Errorf("%+v: not empty after Reset", cfg)
			}
		})
	}
}

func TestCounterSaturates(t *testing.T) {
	c := must(NewCounter(CounterConfig{Slots: 2}))
	a, b := words(1, 1), words(2, 2)
	c.AddN(a, b, math.MaxUint64-1)
	c.AddN(a, b, 5)
	if got := c.Count(a, b); got != math.MaxUint64 {
		t.Errorf("count %d", got)
	}
	o := must(NewCounter(CounterConfig{Slots: 2}))
	o.AddN(a, b, 9)
	if err := o.Merge(c); err != nil || o.Count(a, b) != math.MaxUint64 {
		t.Errorf("merged %d, %v", o.Count(a, b), err)
	}
}

func TestConfigErrors(t *testing.T) {
	for _, cfg := range []CounterConfig{{Slots: 1}, {Slots: 3}, {Slots: -2}, {Slots: math.MinInt}, {Slots: 2 * MaxSlots}, {Fold: 2}} {
		t.Run(fmt.Sprintf("%+v", cfg), func(t *testing.T) {
			if _, err := NewCounter(cfg); !errors.Is(err, ErrConfig) {
				t.Errorf("%+v: %v", cfg, err)
			}
			if _, err := NewMajority(cfg); !errors.Is(err, ErrConfig) {
				t.Errorf("majority %+v: %v", cfg, err)
			}
		})
	}
	_, e1 := NewTopK(TopKConfig{Size: -1})
	_, e2 := NewPrefixTree(PrefixTreeConfig{Bits: 129})
	_, e3 := NewHyperLogLog(HyperLogLogConfig{Precision: 3})
	_, e4 := NewExternal(ExternalConfig{Memory: 1})
	_, e5 := NewPrefixTree(PrefixTreeConfig{MaxPrefixes: -1})
	for i, err := range []error{e1, e2, e3, e4, e5} {
		if !errors.Is(err, ErrConfig) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// Sharding: each goroutine counts a part in its own counter, and the merged result is the same as
// one counter's, byte for byte.
func TestMergeOfShards(t *testing.T) {
	pairs := randomPairs(40000, 2000, 2)
	one := must(NewCounter(CounterConfig{}))
	for _, p := range pairs {
		one.Add(p.A, p.B)
	}
	shards := make([]*Counter, 4)
	var wg sync.WaitGroup
	for i := range shards {
		shards[i] = must(NewCounter(CounterConfig{}))
		wg.Go(func() {
			for k := i; k < len(pairs); k += len(shards) {
				shards[i].Add(pairs[k].B, pairs[k].A)
			}
		})
	}
	wg.Wait()
	sum := must(NewCounter(CounterConfig{}))
	for _, s := range shards {
		if err := sum.Merge(s); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(must(sum.MarshalBinary()), must(one.MarshalBinary())) {
		t.Error("merged shards differ from one counter")
	}
	if err := sum.Merge(must(NewCounter(CounterConfig{Seed: 1}))); !errors.Is(err, ErrMismatch) {
		t.Errorf("other seed: %v", err)
	}
}

func TestMarshal(t *testing.T) {
	for _, cfg := range []CounterConfig{{Slots: 8}, {Slots: 1 << 17, Fold: FoldXOR}, {Seed: math.MaxUint64}} {
		t.Run(fmt.Sprintf("%+v", cfg), func(t *testing.T) {
			c := must(NewCounter(cfg))
			for i, p := range randomPairs(1000, 100, 3) {
				c.AddN(p.A, p.B, uint64(i))
			}
			b := must(c.MarshalBinary())
			if len(b) != 24+8*len(c.Counts()) {
				t.Errorf("%+v: %d bytes", cfg, len(b))
			}
			var d Counter
			if err := d.UnmarshalBinary(b); err != nil {
				t.Fatalf("%+v: %v", cfg, err)
			}
			if d.Config() != c.Config() || !bytes.Equal(must(d.AppendBinary([]byte("x")))[1:], b) {
				t.Errorf("%+v came back as %+v", c.Config(), d.Config())
			}
		})
	}
}

func TestUnmarshalDamaged(t *testing.T) {
	c := must(NewCounter(CounterConfig{Slots: 4}))
	c.AddN(words(1, 2), words(3, 4), 5)
	good := must(c.MarshalBinary())
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 0x10
		if err := c.UnmarshalBinary(bad); !errors.Is(err, ErrEncoding) {
			t.Errorf("byte %d changed: %v", i, err)
		}
		if err := c.UnmarshalBinary(good[:i]); !errors.Is(err, ErrEncoding) {
			t.Errorf("cut to %d bytes: %v", i, err)
		}
	}
	if err := c.UnmarshalBinary(append(bytes.Clone(good), 0)); !errors.Is(err, ErrEncoding) {
		t.Errorf("a byte too many: %v", err)
	}
	if got := must(c.MarshalBinary()); !bytes.Equal(got, good) {
		t.Error("failed decoding changed the counter")
	}
}

func FuzzUnmarshalBinary(f *testing.F) {
	for _, cfg := range []CounterConfig{{Slots: 2}, {Slots: 8, Fold: FoldXOR, Seed: 3}} {
		c := must(NewCounter(cfg))
		c.Add(words(1, 2), words(3, 4))
		f.Add(must(c.MarshalBinary()))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Counter
		if err := c.UnmarshalBinary(data); err != nil {
			if !errors.Is(err, ErrEncoding) {
				t.Fatal(err)
			}
			return
		}
		if got := must(c.MarshalBinary()); !bytes.Equal(got, data) {
			t.Fatal("decoded and encoded differ")
		}
	})
}

func TestAddrs(t *testing.T) {
	if a := ip("10.1.2.3"); a != AddrFromUint32(0x0a010203) || !a.IsIPv4() || a.Netip() != netip.MustParseAddr("10.1.2.3") {
		t.Errorf("IPv4: %x", a)
	}
	if a := ip("2001:db8::1"); a.Hi != 0x20010db8<<32 || a.Lo != 1 || a.IsIPv4() || a.Netip() != netip.MustParseAddr("2001:db8::1") {
		t.Errorf("IPv6: %x", a)
	}
	if AddrFrom(netip.Addr{}) != (Addr{}) || ip("::ffff:1.2.3.4") != ip("1.2.3.4") || ip("fe80::1%eth0") != ip("fe80::1") {
		t.Error("invalid, mapped or zoned address")
	}
	if p := PairOf(ip("::2"), ip("::1")); p.A != ip("::1") || p != PairOf(p.A, p.B) {
		t.Errorf("pair %x", p)
	}
}

func TestAddDoesNotAllocate(t *testing.T) {
	pairs := append(randomPairs(1000, 50, 4), Pair{ip("2001:db8::1"), ip("2001:db8::2")})
	counter, xor := must(NewCounter(CounterConfig{})), must(NewCounter(CounterConfig{Fold: FoldXOR}))
	majority, topk := must(NewMajority(CounterConfig{})), must(NewTopK(TopKConfig{Size: 100}))
	exact, external := NewExact(ExactConfig{}), must(NewExternal(ExternalConfig{}))
	tree, address, hll := must(NewPrefixTree(PrefixTreeConfig{})), NewAddressCounter(AddressCounterConfig{}), must(NewHyperLogLog(HyperLogLogConfig{}))
	recovery := counter.Recover(1, 0)
	all := func() {
		for _, p := range pairs {
			counter.Add(p.A, p.B)
			xor.Add(p.A, p.B)
			majority.Add(p.A, p.B)
			topk.Add(p.A, p.B)
			err := errors.Join(exact.Add(p.A, p.B), external.Add(p.A, p.B), tree.Add(p.A), address.Add(uint32(p.A.Lo)), recovery.Add(p.A, p.B))
			if err != nil {
				t.Fatal(err)
			}
			hll.AddHash(p.Hash(0))
		}
	}
	all()
	if n := testing.AllocsPerRun(10, all); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
