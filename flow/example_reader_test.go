package flow_test

import (
	"fmt"
	"strings"

	"github.com/reeftools/reef/flow"
)

const written = `start_ns,end_ns,src,src_port,dst,dst_port,proto,packets,bytes
1000000000,3000000000,10.0.0.1,1024,10.0.0.2,80,6,7,4200
`

func ExampleNewCSVReader() {
	src, err := flow.NewCSVReader(strings.NewReader(written))
	if err != nil {
		fmt.Println(err)
		return
	}
	var r flow.Record
	for err = src.ReadRecord(&r); err == nil; err = src.ReadRecord(&r) {
		fmt.Println(r.Key, r.Packets(), r.Bytes(), (r.End-r.Start)/1e9)
	}
	fmt.Println(err)
	// Output:
	// 6 10.0.0.1:1024 > 10.0.0.2:80 7 4200 2
	// EOF
}

func ExampleNewJSONLReader() {
	src := flow.NewJSONLReader(strings.NewReader(`{"start_ns":1,"end_ns":2,"src":"::1","dst":"::2","bytes":"many"}`))
	var r flow.Record
	fmt.Println(src.ReadRecord(&r))
	// Output: flow record 1 before byte 64: flow: bad record: bad number "many"
}

// The records of two tables, as of two halves of the traffic, in one order.
func ExampleNewMerge() {
	one := flow.NewJSONLReader(strings.NewReader(`{"start_ns":1,"end_ns":9,"src":"::1","dst":"::2"} {"start_ns":5,"end_ns":9,"src":"::1","dst":"::2"}`))
	two := flow.NewJSONLReader(strings.NewReader(`{"start_ns":3,"end_ns":9,"src":"::3","dst":"::4"}`))
	var r flow.Record
	merged := flow.NewMerge(one, two)
	for merged.ReadRecord(&r) == nil {
		fmt.Println(r.Start, r.Key.SrcAddr())
	}
	// Output:
	// 1 ::1
	// 3 ::3
	// 5 ::1
}
