package tcptrace

import (
	"net/netip"

	"github.com/reeftools/reef/tcpanalysis/internal/conntab"
	"github.com/reeftools/reef/tcpanalysis/internal/seqspace"
)

// Conn is one TCP connection as tcptrace counts it. Times are microseconds since 1970, as tcptrace
// sees them.
type Conn struct {
	Number       int      // from 1, in order of first packet
	AAddr, BAddr [16]byte // IPv4 as ::ffff:a.b.c.d; a sent the first packet that was seen
	APort, BPort uint16
	Version      uint8 // 4 or 6
	First, Last  int64 // time of the first and of the latest packet, µs
	Packets      uint64
	A2B, B2A     Half // what each side sent
}

// Half is what one side of a connection sent, and how the other side acknowledged it. The comments
// give the column of tcptrace's table; a value that tcptrace keeps in 8 bits has 8 bits here and
// wraps as it does there.
type Half struct {
	Packets       uint64 // total_packets
	Resets        uint8  // resets_sent
	SYNs, FINs    uint8  // SYN/FIN_pkts_sent
	ACKPackets    uint64 // ack_pkts_sent
	PureACKs      uint64 // pure_acks_sent
	SACKPackets   uint64 // sack_pkts_sent: without RST
	DSACKPackets  uint64 // dsack_pkts_sent
	MaxSACKBlocks uint8  // max_sack_blks/ack
	SACKsSent     uint64 // sacks_sent: RST included
	UniqueBytes   uint64 // unique_bytes_sent
	DataPackets   uint64 // actual_data_pkts
	DataBytes     uint64 // actual_data_bytes
	RexmtPackets  uint64 // rexmt_data_pkts: SYN and FIN count as a byte
	RexmtBytes    uint64 // rexmt_data_bytes
	ProbePackets  uint64 // zwnd_probe_pkts
	ProbeBytes    uint64 // zwnd_probe_bytes
	OutOfOrder    uint64 // outoforder_pkts
	PushPackets   uint64 // pushed_data_pkts
	ReqWS, ReqTS  bool   // req_1323_ws/ts
	ReqSACK       bool   // req_sack
	WindowScale   uint8  // adv_wind_scale
	UrgentPackets uint64 // urgent_data_pkts
	UrgentBytes   uint64 // urgent_data_bytes
	MSS           uint32 // mss_requested
	MaxSegment    uint64 // max_segm_size
	MinSegment    uint64 // min_segm_size
	MaxWindow     uint64 // max_win_adv
	MinWindow     uint64 // min_win_adv
	ZeroWindows   uint64 // zero_win_adv
	InitialBytes  uint64 // initial_window_bytes
	InitialPkts   uint64 // initial_window_pkts
	TruncBytes    uint64 // truncated_data
	TruncPackets  uint64 // truncated_packets
	IdleMax       int64  // idletime_max, µs
	HardwareDups  uint64 // hardware_dups
	MaxOwin       uint64 // max_owin
	MinOwin       uint64 // min_non-zero_owin

	RTT     Times // RTT_samples, _min, _max, _avg, _stdev
	RTTFull Times // RTT_full_sz_*
	// RTT_*_(last): after a retransmission, from the last one; N is ambiguous_acks
	RTTLast      Times
	RTT3WHS      uint64 // RTT_from_3WHS, µs
	PostLossACKs uint64 // post-loss_acks
	CumACKed     uint64 // segs_cum_acked
	DupACKs      uint64 // duplicate_acks
	TripleDups   uint64 // triple_dupacks
	MaxRetrans   uint8  // max_#_retrans
	Retrans      Times  // min_, max_, avg_ and sdv_retr_time

	state halfState
}

// halfState is what the next packet needs to know and no column shows.
type halfState struct {
	ack, syn, fin, winEnd, latest, minSeq uint32
	winLast, winTotal, winScaledPkts      uint64
	owinTotal, owinCount, owinWeighted    uint64
	owinLast                              uint64
	owinLastTime                          int64
	lastTime, firstData, lastData         int64 // 0 if none
	ackTime                               int64 // -1 before the first ACK
	rttLast                               float64
	fullSize                              uint64
	wraps                                 uint32
	visited                               uint8 // quadrants since the last wrap
	scaledStats, dataAcked                bool
	seqs                                  seqspace.Space
	dups                                  [8]struct {
		seq uint32
		id  uint16
	}
	dupNext uint8
}

// Times accumulates durations in microseconds with tcptrace's arithmetic: a minimum of 0 counts as
// unset.
type Times struct {
	N        uint64
	Min, Max uint64
	Sum      float64
	SumSq    float64
}

func (t *Times) add(us float64) {
	if t.Min == 0 || float64(t.Min) > us {
		t.Min = uint64(us)
	}
	if float64(t.Max) < us {
		t.Max = uint64(us)
	}
	t.Sum += us
	t.SumSq += float64(us * us)
	t.N++
}

// A returns the endpoint that sent the first packet.
func (c *Conn) A() netip.AddrPort { return conntab.AddrPort(c.Version, &c.AAddr, c.APort) }

// B returns the other endpoint.
func (c *Conn) B() netip.AddrPort { return conntab.AddrPort(c.Version, &c.BAddr, c.BPort) }

// Complete tells whether both sides sent a SYN and a FIN.
func (c *Conn) Complete() bool { return c.sides(true) == 2 && c.sides(false) == 2 }

// Reset tells whether either side sent a RST.
func (c *Conn) Reset() bool { return int(c.A2B.Resets)+int(c.B2A.Resets) != 0 }

// sides counts the sides that sent a SYN, or a FIN.
func (c *Conn) sides(syn bool) int {
	n := 0
	for _, h := range []*Half{&c.A2B, &c.B2A} {
		if syn && h.SYNs > 0 || !syn && h.FINs > 0 {
			n++
		}
	}
	return n
}

// Letters returns the names that tcptrace gives the two sides: a and b, c and d, ... z and aa.
func (c *Conn) Letters() (a, b string) {
	return letters(uint64(2 * (c.Number - 1))), letters(uint64(2*(c.Number-1) + 1))
}

// letters writes n in the bijective base of 26 letters: 0 is a, 25 is z, 26 is aa.
func letters(n uint64) string {
	var buf [14]byte
	i := len(buf)
	for {
		i--
		buf[i] = byte('a' + n%26)
		if n < 26 {
			return string(buf[i:])
		}
		n = n/26 - 1
	}
}

// StreamLength returns ttl_stream_length, the bytes between SYN and FIN; ok is false if one of them
// was not seen.
//
// After a reset the latest sequence number takes the FIN's place, as in tcptrace.
func (h *Half) StreamLength() (n uint64, ok bool) {
	if h.SYNs == 0 || h.FINs == 0 {
		return 0, false
	}
	last := h.state.fin
	if h.Resets > 0 {
		last = h.state.latest
	}
	n = uint64(last) + uint64(h.state.wraps)<<32 - uint64(h.state.syn) - 1
	if last <= h.state.syn {
		n += 1 << 32
	}
	return n, true
}
