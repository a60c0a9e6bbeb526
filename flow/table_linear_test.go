package flow

import (
	"testing"
	"time"
)

// Traffic that makes a table work as hard as it can, at n and 4n flows: what it searches must grow
// with the packets. Searches are counted by how often the list of victims was made anew, each time
// from all live flows, and by what the budget for sorting in lost.
func TestTableIsLinear(t *testing.T) {
	for _, tt := range []struct {
		name string
		at   func(i int) int64 // of the i-th new flow
		// how many flows are seen again before each new one, so that no victim stays one
		live int
	}{
		{"in order", func(i int) int64 { return int64(i) }, 0},
		{"backwards", func(i int) int64 { return -int64(i) }, 0},
		{"jumps", func(i int) int64 { return int64(i) * 3600 * second }, 0},
		{"there and back", func(i int) int64 { return int64(i%2) * 3600 * second * int64(i) }, 0},
		{"one time", func(int) int64 { return 0 }, 0},
		{"victims seen again", func(i int) int64 { return int64(i) }, 63},
	} {
		t.Run(tt.name, func(t *testing.T) {
			work := func(n int) (steps, packets int) {
				table, err := NewTable(Config{MaxFlows: 1000, Idle: -1, Active: time.Hour}, nil, func(*Record, *struct{}) error { return nil })
				if err != nil {
					t.Fatal(err)
				}
				p := udp(0, a, b, 1)
				write := func(port int) {
					p.SrcPort, p.DstPort = uint16(port), uint16(port>>16)
					victims, flows, budget := len(table.evict), table.stats.Flows, table.order.budget
					if err := table.WritePacket(p); err != nil {
						t.Fatal(err)
					}
					table.Stats() // so that no packet waits in a group
					packets++
					if len(table.evict) > victims {
						steps += int(table.stats.Live)
					}
					if table.stats.Flows > flows {
						steps += min(budget+16, 1<<20) - table.order.budget
					}
				}
				for i := range n {
					p.Time = base + tt.at(i)
					if i > 1000 {
						for j := range tt.live {
							write(i - 1000 + j) // the oldest
						}
					}
					write(i)
				}
				return steps, packets
			}
			few, packets := work(5000)
			many, more := work(20000)
			const perPacket, once = 64, 1 << 20 // the budget that a table begins with
			if few > once+perPacket*packets || many-few > perPacket*(more-packets) {
				t.Errorf("%d steps for %d packets, %d for %d", few, packets, many, more)
			}
		})
	}
}
