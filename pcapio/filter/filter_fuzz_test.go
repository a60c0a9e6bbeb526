package filter

import (
	"errors"
	"slices"
	"testing"

	"golang.org/x/net/bpf"

	"github.com/reeftools/reef/pcapio"
)

// FuzzCompile compiles any expression for some link types and runs the programs. The machine of
// golang.org/x/net/bpf must come to the same result. It does not know how to negate a number,
// though the kernel's and libpcap's do, so such programs are only run.
func FuzzCompile(f *testing.F) {
	for _, expr := range knownExpressions {
		f.Add(expr, packet4())
	}
	f.Add("udp or icmp6[0] = 3", packet6())
	f.Add("-len > 5", packet6())
	kinds := []pcapio.LinkType{pcapio.LinkEthernet, pcapio.LinkRaw, pcapio.LinkRadiotap, pcapio.LinkSLL2, pcapio.LinkNull, pcapio.LinkPrism, 227}
	f.Fuzz(func(t *testing.T, expr string, data []byte) {
		filter, err := Compile(expr)
		if err != nil {
			var bad *SyntaxError
			if !errors.As(err, &bad) || bad.Column < 1 || bad.Column > len(expr)+1 {
				t.Fatalf("error %v", err)
			}
			if bad.Caret() == "" {
				t.Fatal("no caret line")
			}
			return
		}
		for _, kind := range kinds {
			r := pcapio.Record{LinkType: kind, OrigLen: len(data), Data: data}
			got := filter.Match(&r)
			raw, err := filter.BPF(kind, 0)
			if err != nil {
				var link *LinkError
				if !errors.As(err, &link) {
					t.Fatalf("error %v", err)
				}
				continue
			}
			prog, ok := bpf.Disassemble(raw)
			if !ok {
				t.Fatalf("%v: unknown instructions in %v", kind, raw)
			}
			if slices.Contains(prog, bpf.Instruction(bpf.NegateA{})) {
				continue
			}
			vm, err := bpf.NewVM(prog)
			if err != nil {
				t.Fatalf("%v: %v", kind, err)
			}
			if want, err := vm.Run(data); err != nil || (want != 0) != got {
				t.Fatalf("%v: match %v, but golang.org/x/net/bpf keeps %d (%v)", kind, got, want, err)
			}
		}
	})
}
