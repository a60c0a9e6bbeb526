// Package flow groups packets into flows.
//
// A [Table] is a metering process in the sense of RFC 7011: give it decoded packets, and it hands out a [Record] for each flow
// that has ended, with counters for both directions, the reason why it ended and how its direction was found. Each flow
// carries a value of a type of your own, so a custom analysis is a struct and a function:
//
//	type ttls struct{ min, max uint8 }
//	table, err := flow.NewTable(flow.Config{},
//		func(s *ttls, p *pcapio.Packet, d flow.Direction) { ... },  // for each packet
//		func(r *flow.Record, s *ttls) error { ... })                // for each flow, once
//	...
//	_, err = pcapio.Copy(table, decoder)
//	err = errors.Join(err, table.Flush())
//
// # When a flow ends
//
// Only packet time counts. A flow ends when its next packet comes more than Config.Idle after its last one; when its TCP
// connection has closed and Config.Linger has passed, so that late ACKs and repeated FINs stay with it; when Config.MaxFlows
// would be exceeded; or by Flush. Config.Active cuts long flows into parts.
//
// # Order and memory
//
// Records come out in order of start, ties in order of key, and the same on each run: a record waits for flows that began
// earlier and are still live. How many may wait is bounded (Config.Hold), so memory depends on the live flows only.
//
// Sub-packages: coral has CoralReef's flow files, netmate the 44 NetMate features, echo ICMP echo exchanges.
package flow
