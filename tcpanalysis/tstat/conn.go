package tstat

import (
	"fmt"
	"math"
	"net/netip"

	"github.com/reeftools/reef/tcpanalysis/internal/conntab"
	"github.com/reeftools/reef/tcpanalysis/internal/seqspace"
)

// Conn is a TCP connection that ended. Times are ns since 1970, in classic semantics cut to
// microseconds.
type Conn struct {
	Number                         uint64   // from 1, in order of first SYN
	ClientAddr, ServerAddr         [16]byte // IPv4 as ::ffff:a.b.c.d
	ClientPort, ServerPort         uint16
	Version                        uint8 // 4 or 6
	ClientInternal, ServerInternal bool
	Complete                       bool // goes to log_tcp_complete
	Reason                         EndReason
	First, Last                    int64 // first and latest packet
	Client, Server                 Half  // what each sent
	// from the client's first payload; valid until WriteConn returns
	TLSServerName, HTTPHost []byte
	classic                 bool
}

// ClientEndpoint returns address and port of the client.
func (c *Conn) ClientEndpoint() netip.AddrPort {
	return conntab.AddrPort(c.Version, &c.ClientAddr, c.ClientPort)
}

// ServerEndpoint returns address and port of the server.
func (c *Conn) ServerEndpoint() netip.AddrPort {
	return conntab.AddrPort(c.Version, &c.ServerAddr, c.ServerPort)
}

// Half is what one side of a connection sent. The comments give the columns of Tstat's log, without
// c_ and s_.
type Half struct {
	Packets        uint64 // pkts_all
	ACKPackets     uint64 // ack_cnt
	PureACKs       uint64 // ack_cnt_p: without data, SYN, FIN
	UniqueBytes    uint64 // bytes_uniq: payload without what was sent again
	DataPackets    uint64 // pkts_data
	DataBytes      uint64 // bytes_all
	RetransPackets uint64 // pkts_retx: SYN and FIN included
	RetransBytes   uint64 // bytes_retx: SYN and FIN not included
	OutOfOrder     uint64 // pkts_ooo
	SYNs           uint32 // syn_cnt
	FINs           uint32 // fin_cnt
	Resets         uint32 // rst_cnt

	FirstData, LastData int64 // first, last: 0 without payload
	FirstACK            int64 // first_ack: first ACK without SYN, 0 if none
	RTT                 RTT   // rtt_*
	TTLMin, TTLMax      uint8 // ttl_min, ttl_max

	WindowScaling bool   // f1323_opt
	Timestamps    bool   // tm_opt
	SACKPermitted bool   // sack_opt
	MPTCP         bool   // only in the histogram tcp_opts_MPTCP
	WindowScale   uint8  // win_scl: 0 unless both sides asked for it
	MSS           uint16 // mss
	SACKs         uint32 // sack_cnt: packets with SACK blocks
	SegmentMax    uint32 // mss_max
	SegmentMin    uint32 // mss_min
	WindowMax     uint64 // win_max
	WindowMin     uint64 // win_min: of those above 0
	WindowSum     uint64 // only in the histogram tcp_win_avg
	ZeroWindows   uint32 // win_0
	// cwin_max: largest distance from the last ACK to the end of a new segment in order
	InFlightMax  uint32
	InFlightMin  uint32 // cwin_min
	InitialBytes uint64 // cwin_ini: sent before the first ACK of data

	Anomalies  [numAnomaly]uint32 // pkts_rto to pkts_unfs
	SYNChanged bool               // syn_retx: a repeated SYN or FIN had another sequence number
	Messages   uint32             // pkts_push: stretches of data that end with PSH or FIN
}

// RTT holds the round-trip times of a side's segments.
type RTT struct {
	N        uint64
	Min, Max int64 // ns
	Sum      int64
	sumSq    float64 // of microseconds, which float64 adds exactly up to 2^53
}

func (r *RTT) add(ns int64) {
	if r.Min == 0 || ns < r.Min {
		r.Min = ns
	}
	r.Max = max(r.Max, ns)
	r.Sum += ns
	us := float64(ns) / 1000
	r.sumSq += us * us
	r.N++
}

// Mean returns the mean in ns, 0 without samples.
func (r *RTT) Mean() int64 {
	if r.N == 0 {
		return 0
	}
	return r.Sum / int64(r.N)
}

// SampleStdDev returns the sample standard deviation in ns, 0 for fewer than two samples.
func (r *RTT) SampleStdDev() int64 { return int64(stdev(float64(r.Sum)/1000, r.sumSq, r.N, 2) * 1000) }

// stdev of n values in microseconds; 0 for less than least of them.
func stdev(sum, sumSq float64, n, least uint64) float64 {
	if n < least {
		return 0
	}
	v := (sumSq - sum*sum/float64(n)) / float64(n-1)
	if v < 0 {
		return 0 // rounding, where all values are the same
	}
	return math.Sqrt(v)
}

// meanMicros is the mean as the classes of anomalies use it.
func (r *RTT) meanMicros(classic bool) float64 {
	if classic {
		// Tstat's way to avoid dividing by zero
		return float64(r.Sum/1000) / (float64(r.N) + 0.0001)
	}
	return float64(r.Sum) / 1000 / float64(max(r.N, 1))
}

func (r *RTT) stdevMicros(classic bool) float64 {
	least := uint64(2)
	if classic {
		least = 3
	}
	return stdev(float64(r.Sum)/1000, r.sumSq, r.N, least)
}

// EndReason says why a connection or flow ended.
type EndReason uint8

// Reasons of end.
const (
	EndOfInput EndReason = iota // still open when the input ended
	EndClosed                   // both FINs were acknowledged
	EndReset                    // RST
	EndIdle                     // silent for too long
	// the client sends data, but the server never sent a SYN: its side is not captured
	EndOneWay
	EndReused // a new connection began between the same endpoints
	EndLimit  // to make room for a new one
	numEndReason
)

var endReasonNames = [numEndReason]string{"end-of-input", "closed", "reset", "idle", "one-way", "reused", "limit"}

// String returns a short name.
func (r EndReason) String() string {
	if r < numEndReason {
		return endReasonNames[r]
	}
	return fmt.Sprintf("end-reason(%d)", uint8(r))
}

// half is a Half with the state that the next packet needs.
type half struct {
	Half
	space     seqspace.Space
	lastTime  int64
	synSeq    uint32
	finSeq    uint32
	ack       uint32 // last ACK number sent
	seq       uint32 // end of the last segment that was not sent before
	msgLast   uint32
	lastSum   uint16 // of the packet before: TCP checksum, IP identification and length
	lastID    uint16
	lastLen   uint16
	window    uint64 // last advertised
	closed    bool   // its FIN was acknowledged
	dataAcked bool
	flight    bool // sent something since the histogram tcp_cwnd was last fed
	msgSeen   bool
}

// live is a connection in the table.
type live struct {
	number                         uint64
	client, server                 [16]byte
	clientPort, serverPort         uint16
	version                        uint8
	clientHigh                     bool // the client is the higher endpoint of the key
	clientInternal, serverInternal bool
	named                          bool   // the client's first payload was looked at
	index                          uint32 // place in the classic table
	first, last                    int64
	packets                        uint64
	serverName, host               uint32 // in Analyzer.names, 0 if none
	c2s, s2c                       half
}

// onlySYNs tells whether nothing but SYNs of one side was seen.
func (c *live) onlySYNs() bool {
	return (c.c2s.SYNs > 0) != (c.s2c.SYNs > 0) && c.packets == uint64(c.c2s.SYNs)+uint64(c.s2c.SYNs)
}

func (c *live) bothSYNs() bool { return c.c2s.SYNs > 0 && c.s2c.SYNs > 0 }
