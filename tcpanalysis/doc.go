// Package tcpanalysis follows TCP connections through a capture: who sent what,
// what was sent again and why, and how long the path took to answer.
//
// A [Tracker] is a pcapio.PacketWriter. It gives a [Conn] to a [ConnWriter]
// when a connection ends, and each round-trip time to a [SampleWriter] when it
// is measured:
//
//	rows := tcpanalysis.NewCSVWriter(os.Stdout, tcpanalysis.Columns{RTT: true})
//	conns, err := tcpanalysis.NewTracker(tcpanalysis.Config{}, rows, nil)
//	...
//	_, err = pcapio.Run(decoder, conns) // flushes rows as well
//
// [NewTable] keeps state of your own per connection in addition.
//
// A connection is given out by the call that ends it: by WritePacket with a SYN
// that opens another one between the same endpoints, before that SYN is counted
// on the new one; by WritePacket or Advance when it has been silent for too
// long, which is looked for every 250 ms of packet time, and at the latest with
// the next packet between its endpoints; by WritePacket when there is no room;
// or by Flush. Those that end at once come in the order in which they were last
// seen, in Flush in the order of their numbers.
//
// No payload is kept, and what is kept is bounded: see [Config]. Sequence
// numbers have 64 bits inside, so that a stream may wrap any number of times.
//
// What follows are the rules, each with its source. A side is what one endpoint
// sent, the other side its peer. An empty segment has no payload, SYN, FIN or
// RST. RTO is SRTT + 4 RTTVAR of both sides, at least 200 ms (as Linux); the
// reordering window is 7/8 of the shortest round trip of both sides, 3 ms while
// none was measured.
//
// # Where a side stands
//
// A side has two positions: next, one above the highest sequence number that it
// is known to have sent, and una, the highest ACK number of its peer. What lies
// between them and was not captured, and what lies below una and was
// acknowledged before it was captured, is a gap.
//   - Every segment but RSTs moves next up to its end. The number of an empty
//     segment counts as well: it is the sender's SND.NXT (RFC 9293, 3.10.7.4
//     sends ACKs with it). If it lies above next, what is between was sent and
//     lost before the observation point: a gap from then on. It is not believed
//     beyond the peer's window, or beyond 2^30 where the scale of that is
//     unknown.
//   - A side of which nothing was seen stands where its peer's last ACK puts
//     it, if its first segment is within 2^30 of that and its time not before
//     that of the ACK, else at the beginning of that segment.
//   - If all that was seen of a side are empty segments, the first at S and none
//     above, and its peer's first ACK is S+1, these were keep-alives: it stands
//     at S+1. They stay counted as ACKs.
//   - ACKs below where a side began are for what came before, and move nothing.
//   - An ACK of at most 2^30 above next moves next there (RFC 7323, 2.3: no
//     window is larger); one further up is bad.
//   - In SYN-SENT, that is, while SYNs without ACK are all that was seen of a
//     side, an empty segment of its peer whose ACK is not above the SYN, or
//     more than 2^20 above next, is of an earlier connection (RFC 9293,
//     3.10.7.3 and 3.5.1). It is counted, and moves nothing.
//
// # Which connection
//
// A SYN opens a new connection between the same endpoints (RFC 9293, 3.10.7.4;
// RFC 6191; in TIME-WAIT as elsewhere), unless
//   - its side is in TIME-WAIT, and both its sequence number and its TSval lie
//     before those of the FIN: it is an old duplicate, which is counted and
//     moves nothing (RFC 6191, 2; without timestamps a lower number proves
//     nothing, since initial sequence numbers may be random);
//   - it has the initial sequence number of its side's SYN: it was sent again,
//     or comes with the ACK of a simultaneous open (3.5);
//   - it is a SYN+ACK, its side had another SYN, and it acknowledges what the
//     side did last, or its peer's SYN: two hosts, or SYN cookies, answered; or
//     its side is A, which has no reason to answer;
//   - its side had none, its peer has one, and it is a SYN+ACK or the first
//     packet of its side;
//   - its side had none, and it fits below: it is followed at once by where the
//     side began or by what its peer acknowledged last, or comes at most 1 s
//     after the connection's first packet and lies at most 2^20 below both, as
//     far as they are known (but a side that only sent RSTs begins anew): it
//     was stored late.
//
// Side A sent the first SYN without ACK, also where that comes late, else it
// received the first SYN+ACK. Where no SYN was seen it sent the first packet,
// unless both sides sent something, the first from a port below 1024 to one
// above (RFC 6335, 6): then it is the other.
//
// A connection is closed when both sides' FINs were acknowledged. It takes late
// packets for another 60 s (TIME-WAIT, RFC 9293, 3.6.1, with the 2 MSL of
// Linux), a reset one for 10 s: see [Config.Linger].
//
// A RST resets the connection if its receiver takes it (RFC 9293, 3.10.7.3 and
// 3.10.7.4; RFC 5961, 3.2):
//   - In SYN-SENT, that is, of the receiver SYNs and nothing with ACK were seen
//     and of its sender no SYN, if it acknowledges some of what was sent.
//   - Else, if the receiver sent ACKs, from its highest ACK number to the
//     position next of the sender: one of these is RCV.NXT.
//   - From there to the end of the receiver's window (2^30 if its scale is
//     unknown) old receivers take it and others challenge it. It is taken, if
//     no other one was, but an empty segment of the receiver with its highest
//     ACK number again, the challenge ACK, revokes it, and the connection ends
//     as late as one without it.
//   - Elsewhere the receiver must ignore it, and so do we, but for its being
//     counted in RSTs.
//   - Of a receiver without ACKs nothing is known: it is taken.
//   - When both FINs were acknowledged, a RST can at most end TIME-WAIT: it is
//     ignored.
//
// The ACK number of a RST counts in SYN-SENT only, where it answers the SYN at
// once. Any other RST is sent when the program likes, and acknowledges nothing.
//
// A connection that goes on was not reset: the sender of the RST sends
// something else, 3 ms or more after it, the receiver sends something but RSTs,
// 1 s or more after it, or acknowledges what lies above it (if it sent ACKs
// before: else the RST may answer a SYN, with number 0).
//
// # Round-trip times
//
// The round-trip time of a segment runs from the observation point to the
// receiver and back. It is what the sender measures only if the observation
// point is next to it; the sum of both sides' times is the time of the whole
// path wherever that point is.
//
// An ACK that covers something new gives one sample, for the segment with the
// highest byte covered, whole or in part, since that one's arrival set the ACK
// off. So cumulative ACKs count, and ACKs inside a segment as in captures with
// segmentation offload. There is no sample where the answer could be to
// something else. The first that holds is counted:
//   - part of what is newly covered was not captured: then what set the ACK off
//     may not have been either. RTT.Unseen.
//   - part of it was sent more than once (Karn's rule; Karn and Partridge,
//     SIGCOMM 1987), unless the ACK's TSecr is the TSval of the first or last
//     transmission, and of one only (RFC 7323, 4): then that one is timed.
//     RTT.Ambiguous.
//   - the highest was selectively acknowledged before: it was measured then.
//     Not counted.
//   - part of it was sent later than its end, so that the ACK waited for that.
//     RTT.PostLoss.
//
// A selective acknowledgment (RFC 2018) gives a sample for the segment with the
// last byte of its first block, whole or in part, if that byte is new. All that
// is new in the block must have been captured and sent once, and nothing of
// that later than the segment, nor anything that the ACK number newly covers
// (RFC 2018, 4: the block is what arrived last unless that advanced the ACK
// number). [Method] tells which it was.
//
// The handshake time is that of the SYN, alone or with data (RFC 7413) of which
// the ACK may cover all or nothing, by its number or a timestamp. Data that the ACK of
// the SYN leaves out was refused: an ACK of it without its being sent again
// counts as RTT.Unseen. Where SYN or SYN+ACK are stored behind others, each was
// sent once and the SYN+ACK's time is the later one, that gives a sample as
// well. In a simultaneous open only a SYN+ACK measures the handshake, from the
// first SYN, unless timestamps tell; another ACK counts as RTT.Ambiguous. SRTT,
// RTTVAR and RTO follow RFC 6298.
//
// # Classes of segments
//
// In the order in which they are tried:
//   - CaptureDup: one of the last 4 packets of the side that were no duplicates
//     has the same sequence and ACK numbers, flags, window, urgent pointer,
//     length, timestamps, first SACK block and IP identification. A copy comes
//     from another interface or a mirror port, so it has 2 ms, and must take up
//     sequence space: dup ACKs are equal as well. An IP identification proves
//     nothing by itself, since a sender may use the same for all (RFC 6864,
//     4.1). If it is above 0 and others of the 4 are there, all with other
//     ones (a single one at most 256 lower, since SYNs may have one of their
//     own), copies have 100 ms, and need not take up sequence space. So they
//     have, with an identification above 0 or sequence space, if the TTL is one
//     more or less: they come from another hop. Without both, what three
//     duplicate ACKs or a SACK above it asked for since the first copy was sent
//     again. A copy is also what has the same as the last packet with its
//     sequence numbers, none of which was acknowledged, within 2 ms.
//   - WindowProbe: the peer's window is 0, and the segment is empty one below
//     una, or one byte there or at una (RFC 9293, 3.8.6.1). The byte counts as
//     data like any other, but what is sent there next is no retransmission,
//     since the probe may have been refused.
//   - KeepAlive: empty or one byte, at next-1, and una is next (RFC 9293,
//     3.8.4). Where no ACK of the peer was captured: one byte of a longer
//     segment, or of one that was sent once and 10 s ago; or empty, and what is
//     there was sent 200 ms ago; or nothing was seen but empty segments at
//     next.
//
// A segment with bytes seen before is a retransmission:
//   - Fast: three duplicate ACKs had come, or something above was selectively
//     acknowledged, or recovery goes on (RFC 6582), which a timeout ends, or it
//     has data of a SYN whose ACK left that out (RFC 7413).
//   - Timeout: else, if the last transmission is known to be at least an RTO
//     ago. Of what was acknowledged it is forgotten, and taken to be no earlier
//     than when una last moved or something below it was last sent again. Also
//     where Fast would apply, but the RTO had passed and the other side had
//     been silent for half of it.
//   - Unclassified: else. Tail loss probes (RFC 8985) are here.
//
// The SYN of a SYN+ACK after a SYN without ACK is none (simultaneous open; RFC
// 9293, 3.5).
//
// One that fills a gap is out of order; of several the lowest counts. What lies
// below where a side began is a gap as well, which its first packet shows or,
// until the next ACK, the ACK that put the side there. If the gap was
// acknowledged:
//   - Reordered: it comes within an RTO of that ACK.
//   - Timeout: else. It was not needed.
//
// If it was not:
//   - Reordered: it comes within the reordering window of what follows the gap,
//     which is a segment or the place of an empty one.
//   - else it was lost before the observation point and sent again: Timeout if
//     that took an RTO, else Fast.
//
// Retransmissions into a gap count in RetransUnseen as well.
//
// A retransmission was spurious (RetransSpurious) if all of it had been
// acknowledged before it came, if a D-SACK reports some of it (RFC 2883; one
// for each), or if the ACK echoes the first transmission's timestamp (Eifel
// detection, RFC 3522). The last 16 of a side are remembered for that.
//
// Duplicate ACKs are those of RFC 5681, 2, but for the refusals of window
// probes, with nothing else outstanding.
//
// # Windows
//
// Windows are scaled if both SYNs had the option (RFC 7323, 2.2). A SYN+ACK may
// have it only if the SYN had it (1.3), so one is enough for the windows of its
// sender. The scale of a side is known if they are scaled, or if a SYN without
// the option was seen. Where it is not known the field is taken as it is.
//
// # Fragments
//
// The payload of later IP fragments belongs to the segment of the first one,
// where pcapio knows that (TCPInherited in [pcapio.Packet]): bytes, their
// position and time count, and a FIN stands behind the last; Packets and
// classes do not. Other later fragments are skipped.
package tcpanalysis
