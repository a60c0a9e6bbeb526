package filter

import (
	"math/rand/v2"
	"os/exec"
	"slices"
	"testing"

	"golang.org/x/net/bpf"

	"github.com/reeftools/reef/pcapio"
)

// FuzzExpression makes an expression and packets of a seed, and compares what Match says of them
// with the program that BPF gives, run by this package and by golang.org/x/net/bpf.
// [TestAgainstTcpdump] compares more with tcpdump than a fuzz target has time for, which starts
// tcpdump for one expression of 16.
func FuzzExpression(f *testing.F) {
	var oracle *oracle
	if _, err := exec.LookPath("tcpdump"); err == nil {
		oracle = newOracle(f)
	}
	for seed := range uint64(40) {
		f.Add(seed, uint8(seed))
	}
	f.Fuzz(func(t *testing.T, seed uint64, link uint8) {
		kind := comparedLinks[int(link)%len(comparedLinks)]
		rng := rand.New(rand.NewPCG(seed, uint64(kind)))
		expr := randomExpression(rng)
		filter, err := Compile(expr)
		if err == nil {
			err = filter.Check(kind)
		}
		if oracle != nil && seed%16 == 0 && !knownDefect(expr, kind) {
			packets := make([][]byte, 100)
			// padded: a test that can decide nothing is left out here, and fails in tcpdump on a
			// packet too short for it
			for i := range packets {
				packets[i] = append(randomPacket(rng, kind), make([]byte, 1000)...)
			}
			if differs := oracle.compare(t, expr, kind, filter, err, packets); differs != "" {
				t.Fatalf("%v: %q: %s", kind, expr, differs)
			}
		}
		if err != nil {
			return
		}
		raw, err := filter.BPF(kind, 0)
		if err != nil { // protochain
			return
		}
		own := make([]ins, len(raw))
		for i, r := range raw {
			own[i] = ins(r)
		}
		var vm *bpf.VM // it knows no negation
		if prog, ok := bpf.Disassemble(raw); !ok {
			t.Fatalf("%v: %q: unknown instructions in %v", kind, expr, raw)
		} else if !slices.Contains(prog, bpf.Instruction(bpf.NegateA{})) {
			if vm, err = bpf.NewVM(prog); err != nil {
				t.Fatalf("%v: %q: %v", kind, expr, err)
			}
		}
		for range 100 {
			data := randomPacket(rng, kind)
			got := filter.Match(&pcapio.Record{LinkType: kind, OrigLen: len(data), Data: data})
			if want := run(own, data, uint32(len(data))) != 0; got != want {
				t.Fatalf("%v: %q: match %v, its program says %v\n%x", kind, expr, got, want, data)
			}
			if vm == nil {
				continue
			}
			if want, err := vm.Run(data); err != nil || (want != 0) != got {
				t.Fatalf("%v: %q: match %v, but golang.org/x/net/bpf keeps %d (%v)\n%x", kind, expr, got, want, err, data)
			}
		}
	})
}
