// Package tstat gives the logs and histograms of Tstat (Mellia, Lo Cigno, Neri,
// "Measuring IP and TCP behavior on edge nodes with Tstat", Computer Networks
// 2005): who opened a connection, what each side sent, round-trip times seen
// from the observation point, and a class for each segment that came twice or
// out of order.
//
// An [Analyzer] is a pcapio.PacketWriter. It gives a [Conn] to a [ConnWriter]
// when a TCP connection ends, a [Flow] to a [FlowWriter] when a UDP flow ends,
// and a [Set] of histograms to a [StepWriter] every five minutes. [Logs] prints
// the first two as Tstat's log_tcp_complete, log_tcp_nocomplete and
// log_udp_complete; [HistogramDir] writes the third as Tstat's directories:
//
//	logs := tstat.NewLogs(complete, nocomplete, udp)
//	a, err := tstat.New(tstat.Config{}, logs, logs, nil)
//	...
//	_, err = pcapio.Run(decoder, a) // flushes the logs too
//
// # What is followed
//
// The client is the sender of the first SYN. TCP packets that belong to no
// known connection are counted and left out. A connection ends when both FINs
// are acknowledged, with a RST, after 5 minutes of silence (10 s if only one
// side sent SYNs and nothing else), or when the client sends data though the
// server never sent a SYN. It is complete if both FINs were acknowledged, or if
// it ended otherwise, but not by the end of the capture, and both sides sent a
// SYN. A UDP flow is what two endpoints exchange until 200 s of silence, 10 s
// after a single datagram. [Config].Internal tells which endpoints are
// internal. Traffic between two external endpoints is not logged.
//
// A packet with the IPv4 identification, length and checksum of the packet
// before it, of the same side, less than 2 ms earlier (UDP: 1 ms) is a
// duplicate, made by the capture, and counts nowhere but in [Stats].
//
// # Round-trip times
//
// A sample is the time from a segment to the ACK of exactly its end, unless the
// segment, or another part that the ACK covers, was sent again. [Half].RTT of
// the client's half is the time from the observation point to the server and
// back. Package tcpanalysis, with its samples from partial and selective
// acknowledgments, measures many more.
//
// # Classes of anomalies
//
// After Mellia, Meo, Muscariello, Rossi, "Passive analysis of TCP anomalies",
// Computer Networks 2008. For each segment with data, SYN or FIN that does not
// come last in the sequence space: the recovery time is the time since the same
// bytes were last sent, or, if they are new, since the segment before the gap
// was sent. RTT is the sum of both sides' mean times. RTO is RTT plus four
// standard deviations of all samples, at least 100 ms. While a side has no
// sample the RTO is 500 ms. In this order:
//   - flow control: one byte, the other side's window is 0;
//   - the class of the segment before it, if that was an anomaly too and the
//     recovery time is below RTT;
//   - network duplicate: the bytes were sent before with the same IPv4
//     identification;
//   - fast retransmission: more than three ACKs ended before it, recovery time
//     below RTO; unneeded if it had been acknowledged;
//   - timeout: recovery time above RTO; unneeded if it had been acknowledged;
//   - reordering: new bytes, and what follows the gap is younger than the
//     shortest round trip (at least 1 ms, 5 ms without samples);
//   - unknown: all else.
//
// # Default and classic semantics
//
// With [Classic] semantics the numbers are Tstat 3's, defects included. By default
// these are put right:
//   - segments that cross a quarter of the sequence space, for which Tstat
//     invents retransmitted bytes;
//   - mean times, which Tstat divides by n+0.0001, and the standard deviation
//     of two samples, which it takes for 0;
//   - times have nanoseconds, and those beyond 2038 are right;
//   - timeouts take effect at once; in Tstat only when a new connection or flow
//     begins, up to 5 s later;
//   - over the limit the longest unseen is ended; Tstat leaves out the new one;
//   - the acknowledgment of a FIN, and of messages (PSH), across the wrap of
//     the sequence space;
//   - no IP identification is taken from an IPv6 header, nor is 0 one;
//   - the window of a repeated SYN is not scaled, and no shift is above 14;
//   - a new SYN after a FIN begins a new connection;
//   - transport headers that contradict themselves are not believed;
//   - an IPv4 length of 0, left by segmentation offload, is that of the frame's
//     rest;
//   - there is a histogram tcp_net_dup_loc, and tcp_interrupted looks at the
//     time since the server's data;
//   - the steps of the histograms are 5 minutes long, and not until the first
//     packet after that.
//
// # What is left out
//
// Classification of applications: the columns of P2P and deep packet inspection
// are there, with the value for nothing found (0, or -). Only the TLS server
// name and the HTTP host are filled, when the client's first payload shows them
// whole, and con_t with them: 8192 or 1. Of the histograms those of bit rates,
// applications, streams (mm, rtcp), cloud networks and Tstat's own load are
// left out.
package tstat
