// Package tcptrace counts TCP connections as the program tcptrace 6.6.7 does,
// so that results obtained with it can be reproduced.
//
// The numbers are tcptrace's own, its peculiarities included; package
// tcpanalysis has the corrected ones. docs/differences.md lists what differs
// between the two and why. An [Analyzer] takes packets; at the end its
// connections are written as tcptrace prints them:
//
//	a, err := tcptrace.New(tcptrace.Config{}, nil)
//	...
//	_, err = pcapio.Run(decoder, a)
//	columns := tcptrace.Columns{RTT: true}
//	err = errors.Join(err, tcptrace.WriteCSV(os.Stdout, a, columns, tcptrace.Selection{}))
//
// [WriteCSV] is "tcptrace -n -l --csv", [WriteLong] "-n -l", [WriteBrief] "-n";
// [Columns] stands for -r and -W, [Selection] for -o.
//
// # How tcptrace counts
//
// Side a sent the first packet that was seen. Packets between the same
// endpoints start a new connection after 240 s of silence, with a SYN outside
// the window of a connection that was closed, or with a third SYN of another
// sequence number.
//
// For each side it keeps the segments that were sent, in four quarters of the
// sequence space. A segment that covers a known one is a retransmission, one
// before a known one is out of order, SYN and FIN count as a byte. An ACK
// samples the round-trip time of the segment that it ends exactly; the others
// that it covers are "cumulatively acked" and give none. The numbers of a
// connection differ from tcptrace's only where tcptrace reads uninitialised
// memory, or packets that libpcap cut.
//
// tcptrace looks for IP at fixed places in a frame. So the Analyzer uses of a
// decoded packet only what tcptrace would see. tcptrace reads files through
// libpcap; pcapio.ReaderConfig.Libpcap makes the reader behave in the same way.
//
// # Graphs
//
// The Analyzer also draws tcptrace's graphs. It gives them as elements to an
// [ElementWriter]: [XplotDir] writes the files that the program xplot draws,
// and any other can be written in a few lines, as the Series, T and Y of
// elements are plain points.
package tcptrace
