// Package tcpanalysis follows TCP connections through a capture: who sent what, what was sent again and why, and how long the
// path took to answer.
//
// A [Tracker] is a pcapio.PacketWriter. It gives a [Conn] to a [ConnWriter] when a connection ends, and each round-trip time to
// a [SampleWriter] when it is measured:
//
//	conns, err := tcpanalysis.NewTracker(tcpanalysis.Config{}, tcpanalysis.NewCSVWriter(os.Stdout, true), nil)
//	...
//	_, err = pcapio.Copy(conns, decoder)
//	err = errors.Join(err, conns.Flush(), csv.Flush())
//
// No payload is kept, and what is kept is bounded: see [Config]. Sequence numbers have 64 bits inside, so that a stream may wrap
// any number of times.
//
// # Round-trip times
//
// The round-trip time of a segment runs from the observation point to the receiver and back. It is what the sender measures only
// if the observation point is next to it; the sum of both sides' times is the time of the whole path wherever that point is.
//
// An ACK that covers something new gives one sample, for the segment with the highest byte covered, whole or in part, since that
// one's arrival set the ACK off. So cumulative ACKs count, and ACKs inside a segment as in captures with segmentation offload.
// There is no sample where the answer could be to something else:
//   - part of what is covered was sent more than once (Karn's rule; Karn and Partridge, SIGCOMM 1987), unless the
//     ACK's TSecr is the TSval of one transmission (RFC 7323, 4): then that one is timed. Counted in RTT.Ambiguous.
//   - part of it was sent later than its end, so that the ACK waited for that. Counted in RTT.PostLoss.
//
// A selective acknowledgment (RFC 2018) of a segment sent once gives a sample in its place. [Method] tells which it was. SRTT,
// RTTVAR and RTO follow RFC 6298.
//
// # Classes of segments
//
// In the order in which they are tried:
//   - CaptureDup: one of the last 4 packets of the side had the same sequence and ACK numbers, flags, window, length, timestamps
//     and IP identification. Without an IP identification (IPv6, or 0) only segments that take up sequence space count, within 2 ms.
//   - WindowProbe: the other side's window is 0, and the segment is empty below the edge of what was acknowledged, or one byte at it.
//   - KeepAlive: all was acknowledged, and the segment is empty or one byte, at the last byte sent (RFC 9293, 3.8.4).
//
// A segment with bytes seen before is a retransmission:
//   - Fast: three duplicate ACKs had come, or something above was selectively acknowledged, or recovery goes on (RFC 6582).
//   - Timeout: else, if the last transmission was at least an RTO ago: SRTT + 4 RTTVAR of both sides, at least 200 ms.
//     Also where Fast would apply, but the RTO had passed and the other side had been silent for half of it.
//   - Unclassified: else. Tail loss probes (RFC 8985) are here.
//
// One that fills a gap is out of order:
//   - Reordered: it comes within 7/8 of the shortest round trip of both sides (3 ms if unknown) of what follows the gap.
//   - else it was lost before the observation point and sent again: Timeout if that took an RTO, else Fast; both
//     count in RetransUnseen as well.
//
// A retransmission was spurious (RetransSpurious) if all of it had been acknowledged before it came, if a D-SACK reports it
// (RFC 2883), or if the ACK echoes the first transmission's timestamp (Eifel detection, RFC 3522).
//
// Duplicate ACKs are those of RFC 5681, 2.
package tcpanalysis
