package coral_test

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/flow/coral"
)

func ExampleParseBy() {
	by, err := coral.ParseBy("pair")
	fmt.Printf("%v, %v\n%q\n", by, err, by.Columns())
	_, err = coral.ParseBy("colour")
	fmt.Println(err)
	// Output:
	// pair, <nil>
	// "a\tb\tpkts\tbytes\tflows\tfirst\tlatest"
	// coral: bad configuration: unknown aggregation "colour" (tuple, src, dst, pair, matrix, proto, port, name)
}

func ExampleParseField() {
	field, err := coral.ParseField("bytes")
	fmt.Println(field, err)
	// Output: bytes <nil>
}

// A row as t2 files have it, for a writer of one's own.
func ExampleAppendRow() {
	r := coral.Row{
		Key: flow.Key{Src: netip.MustParseAddr("10.0.0.1").As16(), Dst: netip.MustParseAddr("10.0.0.2").As16(), Version: 4, Proto: 17,
			SrcPort: 5353, DstPort: 53, PortsOK: true},
		Counter: coral.Counter{Packets: 2, Bytes: 134, Flows: 1, First: 1_500_000_000, Latest: 2_000_000_000},
	}
	fmt.Println(strings.ReplaceAll(string(coral.AppendRow(nil, &r)), "\t", " "))
	// Output: 10.0.0.1 10.0.0.2 17 1 5353 53 2 134 1 1.500000000 2.000000000
}
