// Package flow groups packets into flows.
//
// A [Table] is a metering process in the sense of RFC 7011: give it decoded
// packets, and it hands out a [Record] for each flow that has ended, with
// counters for both directions, the reason why it ended and how its direction
// was found. Each flow carries a value of a type of your own, so a custom
// analysis is a struct and a function:
//
//	type ttls struct{ min, max uint8 }
//	table, err := flow.NewTable(flow.Config{},
//		func(s *ttls, p *pcapio.Packet, d flow.Direction) { ... },  // for each packet
//		func(r *flow.Record, s *ttls) error { ... })                // for each flow, once
//	...
//	_, err = pcapio.Run(decoder, table)
//
// [NewRecords] makes a table without state that gives its records to a writer,
// such as [CSV] or [JSONL].
//
// The table uses only the decoded fields of a packet, never Data, which may be
// nil. Your add function sees the packet as it was given. So packets may be
// copied without their bytes to a table in another goroutine.
//
// # When a flow ends
//
// Only packet time counts. A flow ends, each with its [EndReason]:
//
//   - when its next packet comes more than Config.Idle after its latest one, or
//     that much earlier than its first: a clock that was set back by a year
//     does not glue two flows together. At exactly Idle it goes on.
//   - when its TCP connection has closed and no packet has come for
//     Config.Linger, or Idle if that is shorter. The time runs from the last
//     packet and not from the close, so that late ACKs and repeated FINs stay
//     with the flow.
//   - at once when the SYN of another connection comes, even before Linger is
//     over. The new record begins with that SYN.
//   - when a packet comes more than Config.Active after the record's start:
//     that cuts the flow, which goes on in the next part.
//   - when Config.MaxFlows would be exceeded and it is the least recently seen,
//     by Flush, or by EndFlow.
//
// In a biflow table a FIN each way or a RST closes a connection. A flow of a
// unidirectional table (Config.Uni) sees one side only: one FIN makes its reason
// EndOfFlow, but as the other side may go on it takes packets until Idle.
//
// # TCP
//
// For each side of a connection the table knows the sequence number after the
// last that was sent or acknowledged, and whether all was acknowledged. So it
// ends a connection exactly when its two hosts do:
//
//   - A FIN each way closes it. It then takes late FINs and ACKs for the 2 MSL
//     of TIME-WAIT (RFC 9293, 3.3.2 and 3.6.1; an MSL is 2 minutes, 3.4.2), or
//     Config.Idle if that is shorter. One FIN closes only its direction: data
//     the other way and its ACKs stay on their flow. A unidirectional flow with
//     a FIN goes on as long as its packets come, since the other direction may;
//     its reason is EndOfFlow.
//   - A RST closes it if it has the sequence number that its receiver expects
//     (RFC 9293, 3.10.7.4). One outside of the window is ignored, as is one
//     below what the receiver acknowledged. One inside, up to 65,535 ahead, is
//     challenged (RFC 5961, 3.2): it counts only if neither an ACK of its
//     receiver nor a packet of its sender follows, since then the data in
//     between were not captured. The same holds for a RST within data that was
//     not seen to be acknowledged. Where a side's sequence numbers are not
//     known, its RST counts. A RST that answers a SYN must acknowledge it (RFC
//     9293, 3.10.7.3).
//   - A connection that goes on was not reset: new data of the RST's sender, or
//     any packet of it that comes 10 ms after all before (closer ones may be
//     older and stored late), or the SYN again, withdraws the RST.
//   - Until then a flow that had data and an answer takes packets as after
//     FINs. Another flow takes them for 5 s only, so that port scans and floods
//     are forgotten early. The same holds for a lone FIN in a unidirectional
//     flow.
//   - A SYN or SYN+ACK with another initial sequence number begins a new flow.
//     One that fits the connection, up to 1 MiB back (64 KiB where there was
//     one), belongs to it: it came late or was repeated. So does the SYN+ACK of
//     a server without state (RFC 4987, 3.6), which fits by its ACK number, and
//     the other SYN of a simultaneous open (RFC 9293, 3.5). If the direction
//     was arbitrary before, the SYN now decides it; see [Turner].
//
// A negative Config.Linger switches all this off.
//
// # Order and memory
//
// Records come out in order of start, and in order of key if starts are equal.
// The order is the same on each run. A record waits for flows that began
// earlier and are still live. How many may wait is bounded (Config.Hold), so
// memory depends on the live flows only.
//
// Sub-packages: coral has CoralReef's flow files, netmate the 44 NetMate
// features, echo ICMP echo exchanges.
package flow
