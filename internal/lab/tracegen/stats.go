package tracegen

// Stats is what a [Generator] did so far: the ground truth. "Seen" means that it passed the
// monitor, so that it is in the trace; at the end of the trace some of what was sent is still under
// way.
type Stats struct {
	Packets uint64 // records delivered
	// size of a classic pcap file of them: 24, and 16 and the captured length for each
	FileBytes uint64
	WireBytes uint64 // sum of original lengths
	IPBytes   uint64 // sum of IP datagram lengths: without link header and padding

	Flows     [3]uint64 // flows seen: TCP, UDP, ICMP
	Halves    [3]uint64 // unidirectional flows seen: TCP, UDP, ICMP
	IPv6Flows uint64
	VLANFlows uint64

	Handshakes uint64 // TCP: SYN, SYN+ACK and the ACK of it arrived
	Refused    uint64 // TCP: SYN answered by RST
	FINBoth    uint64 // TCP: FINs of both ends seen
	Resets     uint64 // TCP: connections with data in which an RST was seen
	GivenUp    uint64 // TCP: an end gave up retransmitting

	LostBefore uint64 // packets lost before the monitor: not in the trace
	LostBehind uint64 // packets lost behind the monitor: in the trace
	// packets held back before the monitor, so that later ones may have overtaken them
	Reordered  uint64
	HeldBehind uint64 // packets held back behind the monitor

	Retransmitted   uint64 // TCP segments with data, SYN or FIN sent again
	RetransSeen     uint64 // of these, seen when the monitor had seen the bytes before
	RetransFillSeen uint64 // of these, seen when the monitor had not: they fill a gap
	Timeouts        uint64 // retransmissions begun by the timer
	FastRetransmits uint64 // retransmissions begun by three duplicate ACKs
	EchoRequests    uint64 // ICMP echo requests seen
	EchoReplies     uint64 // ICMP echo replies seen
}
