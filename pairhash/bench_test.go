package pairhash_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/reeftools/reef/pairhash"
	"github.com/reeftools/reef/pairhash/flowlist"
)

// benchFlows is a list of a million flows of 200,000 pairs.
func benchFlows(b *testing.B) []flowlist.Flow {
	b.Helper()
	r := flowlist.NewReader(bytes.NewReader(benchList(b, flowlist.Words)))
	var flows []flowlist.Flow
	for {
		var f flowlist.Flow
		if err := r.ReadFlow(&f); err == io.EOF {
			return flows
		} else if err != nil {
			b.Fatal(err)
		}
		flows = append(flows, f)
	}
}

func benchList(b *testing.B, n flowlist.Notation) []byte {
	b.Helper()
	g, err := flowlist.NewGenerator(flowlist.GeneratorConfig{Lines: 1_000_000, Notation: n})
	if err != nil {
		b.Fatal(err)
	}
	var list bytes.Buffer
	if _, err := g.WriteTo(&list); err != nil {
		b.Fatal(err)
	}
	return list.Bytes()
}

func BenchmarkAdd(b *testing.B) {
	flows := benchFlows(b)
	counter := func(f pairhash.Fold) *pairhash.Counter {
		c, err := pairhash.NewCounter(pairhash.CounterConfig{Fold: f})
		if err != nil {
			b.Fatal(err)
		}
		return c
	}
	majority, err := pairhash.NewMajority(pairhash.CounterConfig{Fold: pairhash.FoldXOR})
	if err != nil {
		b.Fatal(err)
	}
	topk, err := pairhash.NewTopK(pairhash.TopKConfig{})
	if err != nil {
		b.Fatal(err)
	}
	exact := pairhash.NewExact(pairhash.ExactConfig{})
	tree, err := pairhash.NewPrefixTree(pairhash.PrefixTreeConfig{Bits: 128})
	if err != nil {
		b.Fatal(err)
	}
	xor, metro, direct := counter(pairhash.FoldXOR), counter(pairhash.FoldMetro), pairhash.NewAddressCounter(pairhash.AddressCounterConfig{})
	for _, bench := range []struct {
		name string
		add  func(f *flowlist.Flow)
	}{
		{"xor", func(f *flowlist.Flow) { xor.Add(f.Src, f.Dst) }},
		{"metro", func(f *flowlist.Flow) { metro.Add(f.Src, f.Dst) }},
		{"majority", func(f *flowlist.Flow) { majority.Add(f.Src, f.Dst) }},
		{"topk", func(f *flowlist.Flow) { topk.Add(f.Src, f.Dst) }},
		{"exact", func(f *flowlist.Flow) { _ = exact.Add(f.Src, f.Dst) }},
		{"address", func(f *flowlist.Flow) { _ = direct.Add(uint32(f.Src.Lo)) }},
		{"prefix", func(f *flowlist.Flow) { _ = tree.Add(f.Src) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			i := 0
			for b.Loop() {
				bench.add(&flows[i])
				if i++; i == len(flows) {
					i = 0
				}
			}
		})
	}
}

func BenchmarkReadFlow(b *testing.B) {
	list := benchList(b, flowlist.Words)
	b.SetBytes(int64(len(list)))
	for b.Loop() {
		r := flowlist.NewReader(bytes.NewReader(list))
		var f flowlist.Flow
		for r.ReadFlow(&f) == nil {
		}
		if r.Lines() != 1_000_000 {
			b.Fatal(r.Lines())
		}
	}
}

// Batches, as the program pairs counts them, and reading alone, which it cannot do without.
func BenchmarkBatch(b *testing.B) {
	flows := benchFlows(b)
	batch := make([]pairhash.PairCount, len(flows))
	for i, f := range flows {
		batch[i] = pairhash.PairCount{Pair: pairhash.Pair{A: f.Src, B: f.Dst}, N: 1}
	}
	majority, err := pairhash.NewMajority(pairhash.CounterConfig{Fold: pairhash.FoldXOR})
	if err != nil {
		b.Fatal(err)
	}
	exact := pairhash.NewExact(pairhash.ExactConfig{})
	for _, bench := range []struct {
		name string
		add  func()
	}{
		{"majority", func() { majority.AddBatch(batch) }},
		{"exact", func() {
			exact.Reset()
			if _, err := exact.AddBatch(batch); err != nil {
				b.Fatal(err)
			}
		}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				bench.add()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(batch)), "ns/flow")
		})
	}
}

func BenchmarkReadPairs(b *testing.B) {
	for _, notation := range []flowlist.Notation{flowlist.Words, flowlist.IP} {
		list := benchList(b, notation)
		batch := make([]pairhash.PairCount, 256)
		b.Run(notation.String(), func(b *testing.B) {
			b.SetBytes(int64(len(list)))
			for b.Loop() {
				r := flowlist.NewReader(bytes.NewReader(list))
				var err error
				for err == nil {
					_, err = r.ReadPairs(batch, flowlist.Flows)
				}
				if err != io.EOF || r.Lines() != 1_000_000 {
					b.Fatal(r.Lines(), err)
				}
			}
		})
	}
}
