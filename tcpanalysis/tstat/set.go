package tstat

import (
	"iter"
	"time"
)

// Step is how long Tstat collects one set of histograms.
const Step = 5 * time.Minute

// StepWriter takes the histograms of each step. WriteStep must not keep s.
type StepWriter interface {
	WriteStep(s *Set) error
}

// StepWriterFunc makes a [StepWriter] of a function.
type StepWriterFunc func(s *Set) error

// WriteStep calls f.
func (f StepWriterFunc) WriteStep(s *Set) error { return f(s) }

// Set holds all histograms. Those per connection count complete connections, when they end. Those
// of the lengths of UDP flows count all flows. Those per packet count all packets except
// duplicates.
type Set struct {
	// of the step, from 0. By default steps without packets are left out, but have numbers
	Index      int
	Start, End int64 // of the step, ns since 1970
	Last       bool  // the input ended in it
	bins       [numFamily][numWay]*Histogram
}

// The suffixes of histogram names. Incoming packets, and the halves that external endpoints sent,
// are "in"; "loc" has two internal endpoints.
const (
	in = iota
	out
	local
	c2s
	s2c
	whole // no suffix
	numWay

	external = -1 // nowhere
)

var waySuffix = [numWay]string{"_in", "_out", "_loc", "_c2s", "_s2c", ""}

const (
	netWays  = 1<<in | 1<<out | 1<<local
	allWays  = netWays | 1<<c2s | 1<<s2c
	sideWays = 1<<c2s | 1<<s2c
	noWay    = 1 << whole
)

func side(fromClient bool) int {
	if fromClient {
		return c2s
	}
	return s2c
}

type family int

// The families of histograms.
const (
	ipProtocol family = iota
	ipLen
	ipTTL
	ipTOS
	ip6Protocol
	ip6HopLimit
	ip6PayloadLen
	icmp6Type
	tcpPortSrc
	tcpPortDst
	tcpPortSYNSrc
	tcpPortSYNDst
	tcpOptsSACK
	tcpOptsWS
	tcpOptsTS
	tcpOptsMPTCP
	tcpMSSA
	tcpMSSB
	tcpMSSUsed
	tcpWinIni
	tcpWinAvg
	tcpWinMax
	tcpCwnd
	tcpPackets
	tcpBytesFine
	tcpBytesCoarse
	tcpRTTMin
	tcpRTTAvg
	tcpRTTMax
	tcpRTTStdev
	tcpRTTCount
	tcpAnomalies
	tcpRetransTimeout
	tcpRetransFast
	tcpReordering
	tcpNetDup
	tcpUnknown
	tcpFlowControl
	tcpUnneededTimeout
	tcpUnneededFast
	tcpTotalTime
	tcpThroughput
	tcpThroughputLarge
	tcpInterrupted
	udpPackets
	udpBytesFine
	udpBytesCoarse
	udpTotalTime
	udpPortDst
	udpPortFlowDst
	l4Flows
	numFamily
)

// families are Tstat's names, ranges and bin sizes.
var families = [numFamily]struct {
	name         string
	ways         int
	lo, hi, step int64
	description  string
}{
	ipProtocol:         {"ip_protocol", netWays, 0, 255, 1, "IPv4 packets by protocol number"},
	ipLen:              {"ip_len", netWays, 0, 1504, 4, "IPv4 packets by length [byte]"},
	ipTTL:              {"ip_ttl", netWays, 0, 255, 1, "IPv4 packets by time to live"},
	ipTOS:              {"ip_tos", netWays, 0, 255, 1, "IPv4 packets by type of service"},
	ip6Protocol:        {"ip6_protocol", netWays, 0, 256, 1, "IPv6 packets by protocol number, behind extension headers"},
	ip6HopLimit:        {"ip6_hop_limit", netWays, 0, 70, 1, "IPv6 packets by hop limit"},
	ip6PayloadLen:      {"ip6_plen", netWays, 0, 1504, 16, "IPv6 packets by payload length [byte]"},
	icmp6Type:          {"icmpv6_type", netWays, 1, 143, 1, "ICMPv6 packets by type"},
	tcpPortSrc:         {"tcp_port_src", netWays, 0, 65536, 1, "TCP segments by source port"},
	tcpPortDst:         {"tcp_port_dst", netWays, 0, 65536, 1, "TCP segments by destination port"},
	tcpPortSYNSrc:      {"tcp_port_synsrc", netWays, 0, 65536, 1, "TCP SYN segments by source port"},
	tcpPortSYNDst:      {"tcp_port_syndst", netWays, 0, 65536, 1, "TCP SYN segments by destination port"},
	tcpOptsSACK:        {"tcp_opts_SACK", noWay, 1, 4, 1, "TCP SACK permitted: 1 by both, 2 by the client, 3 by the server, 4 by none"},
	tcpOptsWS:          {"tcp_opts_WS", noWay, 1, 4, 1, "TCP window scale: 1 by both, 2 by the client, 3 by the server, 4 by none"},
	tcpOptsTS:          {"tcp_opts_TS", noWay, 1, 4, 1, "TCP timestamps: 1 by both, 2 by the client, 3 by the server, 4 by none"},
	tcpOptsMPTCP:       {"tcp_opts_MPTCP", noWay, 1, 4, 1, "Multipath TCP: 1 by both, 2 by the client, 3 by the server, 4 by none"},
	tcpMSSA:            {"tcp_mss_a", noWay, 0, 1600, 4, "TCP maximum segment size of the client [byte]"},
	tcpMSSB:            {"tcp_mss_b", noWay, 0, 1600, 4, "TCP maximum segment size of the server [byte]"},
	tcpMSSUsed:         {"tcp_mss_used", noWay, 0, 1600, 4, "TCP smaller maximum segment size, 536 if one is missing [byte]"},
	tcpWinIni:          {"tcp_win_ini", noWay, 0, 65536, 256, "TCP smallest window above 0 [byte]"},
	tcpWinAvg:          {"tcp_win_avg", noWay, 0, 65536, 256, "TCP mean window [byte]"},
	tcpWinMax:          {"tcp_win_max", noWay, 0, 65536, 256, "TCP largest window [byte]"},
	tcpCwnd:            {"tcp_cwnd", noWay, 0, 65536, 256, "TCP bytes in flight when an ACK comes [byte]"},
	tcpPackets:         {"tcp_cl_p", allWays, 0, 1000, 1, "TCP segments sent by a side"},
	tcpBytesFine:       {"tcp_cl_b_s", allWays, 0, 50000, 50, "TCP payload sent by a side, fine [byte]"},
	tcpBytesCoarse:     {"tcp_cl_b_l", allWays, 0, 50000000, 50000, "TCP payload sent by a side, coarse [byte]"},
	tcpRTTMin:          {"tcp_rtt_min", allWays, 0, 2000, 1, "TCP shortest round-trip time [ms]"},
	tcpRTTAvg:          {"tcp_rtt_avg", allWays, 0, 2000, 1, "TCP mean round-trip time [ms]"},
	tcpRTTMax:          {"tcp_rtt_max", allWays, 0, 2000, 1, "TCP longest round-trip time [ms]"},
	tcpRTTStdev:        {"tcp_rtt_stdev", allWays, 0, 2000, 1, "TCP standard deviation of round-trip times [ms]"},
	tcpRTTCount:        {"tcp_rtt_cnt", allWays, 0, 200, 1, "TCP round-trip times measured"},
	tcpAnomalies:       {"tcp_anomalies", allWays, 0, 64, 1, "TCP segments by class of anomaly: 0 in sequence, 63 unknown"},
	tcpRetransTimeout:  {"tcp_rtx_RTO", allWays, 0, 100, 1, "TCP retransmissions after a timeout"},
	tcpRetransFast:     {"tcp_rtx_FR", allWays, 0, 100, 1, "TCP fast retransmissions"},
	tcpReordering:      {"tcp_reordering", allWays, 0, 100, 1, "TCP segments that were reordered"},
	tcpNetDup:          {"tcp_net_dup", allWays, 0, 100, 1, "TCP segments that the network duplicated"},
	tcpUnknown:         {"tcp_unknown", allWays, 0, 100, 1, "TCP segments out of place without a class"},
	tcpFlowControl:     {"tcp_flow_ctrl", allWays, 0, 100, 1, "TCP probes of a closed window"},
	tcpUnneededTimeout: {"tcp_unnrtx_RTO", allWays, 0, 100, 1, "TCP unneeded retransmissions after a timeout"},
	tcpUnneededFast:    {"tcp_unnrtx_FR", allWays, 0, 100, 1, "TCP unneeded fast retransmissions"},
	tcpTotalTime:       {"tcp_tot_time", noWay, 0, 720000, 50, "TCP duration [ms]"},
	tcpThroughput:      {"tcp_thru", sideWays, 0, 1000, 1, "TCP throughput of a side [kbit/s]"},
	tcpThroughputLarge: {"tcp_thru_lf", sideWays, 0, 20000, 10, "TCP throughput of a side that sent 1 MB or more [kbit/s]"},
	tcpInterrupted:     {"tcp_interrupted", noWay, 0, 1, 1, "TCP connections that the client broke off: 0 no, 1 yes"},
	udpPackets:         {"udp_cl_p", netWays, 0, 1000, 1, "UDP datagrams sent by a side"},
	udpBytesFine:       {"udp_cl_b_s", netWays, 0, 50000, 50, "UDP payload sent by a side, fine [byte]"},
	udpBytesCoarse:     {"udp_cl_b_l", netWays, 0, 50000000, 50000, "UDP payload sent by a side, coarse [byte]"},
	udpTotalTime:       {"udp_tot_time", noWay, 0, 720000, 50, "UDP duration [ms]"},
	udpPortDst:         {"udp_port_dst", netWays, 0, 65536, 1, "UDP datagrams by destination port"},
	udpPortFlowDst:     {"udp_port_flow_dst", noWay, 0, 65536, 1, "UDP flows, each direction, by destination port"},
	l4Flows:            {"L4_flow_number", noWay, 0, 2, 1, "new flows: 0 TCP, 1 UDP"},
}

// NewSet returns a set of empty histograms.
func NewSet() *Set {
	s := &Set{}
	for f := range families {
		d := &families[f]
		for way := range numWay {
			if d.ways&(1<<way) != 0 {
				s.bins[f][way] = newHistogram(d.name+waySuffix[way], d.description, d.lo, d.hi, d.step)
			}
		}
	}
	return s
}

// All returns an iterator over the histograms, always in the same order.
func (s *Set) All() iter.Seq[*Histogram] {
	return func(yield func(*Histogram) bool) {
		for f := range s.bins {
			for _, h := range s.bins[f] {
				if h != nil && !yield(h) {
					return
				}
			}
		}
	}
}

// Histogram returns the histogram with Tstat's name, as tcp_rtt_avg_c2s; nil if there is none.
func (s *Set) Histogram(name string) *Histogram {
	for h := range s.All() {
		if h.Name == name {
			return h
		}
	}
	return nil
}

// Merge adds the counts of o; the step of s then reaches from the earlier start to the later end.
func (s *Set) Merge(o *Set) {
	for f := range s.bins {
		for way, h := range s.bins[f] {
			if h != nil {
				for i, c := range o.bins[f][way].Counts {
					h.Counts[i] += c
				}
			}
		}
	}
	if s.End == 0 && s.Start == 0 {
		s.Start, s.End = o.Start, o.End
	}
	s.Start, s.End = min(s.Start, o.Start), max(s.End, o.End)
}

func (s *Set) clear() {
	for h := range s.All() {
		clear(h.Counts)
	}
}

// count adds a value; it does nothing without a set, or where way is external.
func (s *Set) count(f family, way int, v int64) {
	if s != nil && way != external {
		s.bins[f][way].Add(v)
	}
}
