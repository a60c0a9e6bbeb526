// Package netmate computes the 44 flow features of NetMate (netmate-flowcalc
// with its module netai_flowstats), which many traffic classification papers
// and data sets use: five columns of flow key and 39 of packet counts, bytes,
// packet lengths, inter-arrival times, active and idle periods, sub-flows, TCP
// flags and header bytes.
//
// A [Meter] takes packets, sorts them into biflows and gives a [Row] for each
// flow to a [RowWriter], such as [CSV] or [JSONL]:
//
//	m, err := netmate.New(netmate.Config{}, netmate.NewCSV(os.Stdout, netmate.Modern))
//	...
//	_, err = pcapio.Run(packets, m)
//
// [Columns] lists name, unit and definition of every column.
//
// # Terms
//
// Forward (columns with f) is the direction of the flow's source, backward
// (with b) the other. A packet's length is that of its IP datagram by the
// header: link-layer headers, padding and the snap length do not count. A gap
// is a silence of both directions that is longer than the idle threshold, one
// second unless [Config] says otherwise; exactly the threshold is no gap. Gaps
// cut the flow into active periods. An inter-arrival time (IAT) is the time
// between two packets of the same direction in the same active period, so no
// gap is part of an IAT; but one direction may be silent for longer than the
// threshold while the other talks. The standard deviation is that of the sample
// (n-1).
//
// # Semantics
//
// [Modern], the default, is right: IPv4 and IPv6, all transport protocols,
// nanoseconds, 64-bit totals, exact integer moments, and no value where there
// is no sample. Its flows are those of [flow.Table]: a TCP connection lingers
// for late packets. Connections that began before the capture, scans and
// one-sided traffic also have rows. Where packets of a flow are out of order:
//
//   - all of them count in packets, bytes, lengths, flags and header bytes, and
//     the column reordered counts them;
//   - a packet earlier than the latest of its own direction is in no IAT, and
//     one earlier than the latest of the flow makes no gap;
//   - one earlier than the flow's first packet moves the flow's start, and the
//     first active period's start if that is still under way.
//
// [Classic] gives NetMate's rows to the digit, with NetMate's errors in
// arithmetic and flow keeping, except those that make NetMate stop: see
// [Classic].
//
// # Using the features alone
//
// [Features] is plain state for a [flow.Table] of your own: call its Add for
// each packet and Row at the end.
package netmate
