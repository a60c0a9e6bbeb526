// Package coral keeps flows and their files in the manner of CAIDA's CoralReef
// suite: what crl_flow, the t2 text format and t2_top do.
//
// A flow is a unidirectional five-tuple that ends by time only: when its next
// packet comes later than [Config.Idle] after its last. TCP teardown does not
// end it. ICMP type and code stand for the ports, and a packet whose ports
// cannot be known (a later fragment, a cut header, a protocol without ports)
// has "ok" 0 and ports 0.
//
// # Intervals
//
// A [Meter] cuts packet time into intervals and gives a [RowWriter] the rows
// of each: first those of the expired flows, which ended in the interval, then
// those of the active ones, which were alive at its end. What a row counts is
// chosen by [Config.Counters]:
//
//   - [IntervalCounters]: the packets of this interval only. A flow has one row
//     in each interval where it has packets, and all rows of all intervals add
//     up to the packets that came in.
//   - [LifetimeCounters]: all packets of the flow, in the interval in which it
//     expired (crl_flow -cl). Each flow has one row, and again the rows add up.
//     With [Config.Active] the flows alive at an interval's end are repeated
//     there with their counts so far, as older crl_flow did; such rows must not
//     be added up.
//
// An interval takes the packets of Start <= t < End. A packet whose time is
// before the current interval counts in the current one, and in
// [Interval.Late]. Flows alive when the capture ends are active flows of its
// last interval. Without [Config.Interval] the whole capture is one interval
// whose flows are all in the expired table.
//
// An identifier that expires twice within one interval has two rows, each a
// flow of its own with flows 1, where crl_flow has one row with flows 2:
// merging them would need memory for all flows of an interval rather than for
// the live ones. An [Aggregate] [ByTuple] merges them.
//
// # Files
//
// [Writer] and [Reader] write and read t2 text; [Files] gives each interval a
// file of its own. The reader takes any comment line and counts malformed rows
// instead of stopping at them. They were written without an original t2 file.
// The columns are certain (CoralReef documentation of CAIDA::Tables and real
// user scripts), the wording of the comment lines is not. So the format is
// t2-style, not byte-compatible.
//
//	src dst proto ok sport dport pkts bytes flows first latest
//
// # Aggregation
//
// [Aggregate] sums rows by source, destination, pair, protocol, port or any
// name the caller gives, and [Aggregate.Top] picks the largest, as t2_top does.
package coral
