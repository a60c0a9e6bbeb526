package tracegen_test

import (
	"fmt"

	"github.com/reeftools/reef/internal/lab/tracegen"
	"github.com/reeftools/reef/pcapio"
)

func ExampleNew() {
	g := tracegen.New(tracegen.Config{Packets: 4, Flows: 1})
	var r pcapio.Record
	for g.ReadRecord(&r) == nil {
		fmt.Println(r.Timestamp().Format("15:04:05.000000"), r.OrigLen)
	}
	fmt.Println(g.Stats().Packets, "packets")
	// Output:
	// 00:00:00.001321 62
	// 00:00:00.001814 66
	// 00:00:00.002101 74
	// 00:00:00.002303 74
	// 4 packets
}

func ExampleStandard() {
	cfg := tracegen.Standard()
	cfg.Packets, cfg.Flows = 30_000, 4_000 // a hundredth of it
	g := tracegen.New(cfg)
	var r pcapio.Record
	for g.ReadRecord(&r) == nil {
	}
	s := g.Stats()
	fmt.Println("TCP, UDP, ICMP flows:", s.Flows)
	fmt.Println("lost:", s.LostBefore+s.LostBehind, "sent again:", s.Retransmitted)
	// Output:
	// TCP, UDP, ICMP flows: [2730 2489 244]
	// lost: 292 sent again: 137
}
