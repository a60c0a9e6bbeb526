package coral_test

import (
	"fmt"

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
