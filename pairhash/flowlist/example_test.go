package flowlist_test

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/reeftools/reef/pairhash"
	"github.com/reeftools/reef/pairhash/flowlist"
)

func ExampleNewReader() {
	r := flowlist.NewReader(strings.NewReader("0a000001:00000000 c0a80001:00000000 12\nc0a80001:00000000 0a000001:00000000 3\n"))
	exact := pairhash.NewExact(pairhash.ExactConfig{})
	var f flowlist.Flow
	for {
		err := r.ReadFlow(&f)
		if err == nil {
			err = exact.AddN(f.Src, f.Dst, f.Packets)
		}
		if err != nil {
			if err != io.EOF {
				fmt.Println(err)
			}
			break
		}
	}
	for _, p := range exact.Top(10) {
		line := append(r.Notation().Append(nil, p.A), ' ')
		fmt.Printf("%s %d\n", r.Notation().Append(line, p.B), p.N)
	}
	// Output: 0a000001:00000000 c0a80001:00000000 15
}

func ExampleReader_ReadFlows() {
	r := flowlist.NewReader(strings.NewReader("10.0.0.1 192.168.0.1 12\n192.168.0.1 10.0.0.1 3\n"))
	batch := make([]flowlist.Flow, 256)
	packets := uint64(0)
	for {
		n, err := r.ReadFlows(batch)
		for _, f := range batch[:n] {
			packets += f.Packets
		}
		if err != nil {
			if err != io.EOF {
				fmt.Println(err)
			}
			break
		}
	}
	fmt.Println(r.Lines(), "flows,", packets, "packets")
	// Output: 2 flows, 15 packets
}

func ExampleReader_ReadPairs() {
	r := flowlist.NewReader(strings.NewReader("10.0.0.1 192.168.0.1 12\n192.168.0.1 10.0.0.1 3\n"))
	exact := pairhash.NewExact(pairhash.ExactConfig{})
	batch := make([]pairhash.PairCount, 256)
	for {
		n, err := r.ReadPairs(batch, flowlist.Packets)
		if _, full := exact.AddBatch(batch[:n]); full != nil {
			err = full
		}
		if err != nil {
			if err != io.EOF {
				fmt.Println(err)
			}
			break
		}
	}
	for _, p := range exact.Top(10) {
		fmt.Println(p.A.Netip(), p.B.Netip(), p.N)
	}
	// Output: 10.0.0.1 192.168.0.1 15
}

func ExampleNewGenerator() {
	g, err := flowlist.NewGenerator(flowlist.GeneratorConfig{Lines: 4, Pairs: 2, Notation: flowlist.IP})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := g.WriteTo(os.Stdout); err != nil {
		fmt.Println(err)
	}
	for k := range g.Answer() {
		fmt.Println("known:", k.A.Netip(), k.B.Netip(), k.Flows, k.Packets)
	}
	// Output:
	// 235.178.176.131 33.16.112.174 536
	// 244.51.236.224 33.16.112.174 466
	// 33.16.112.174 235.178.176.131 536
	// 244.51.236.224 33.16.112.174 466
	// known: 33.16.112.174 235.178.176.131 2 1072
	// known: 33.16.112.174 244.51.236.224 2 932
}
