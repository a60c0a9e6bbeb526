package tstat

import "github.com/reeftools/reef/pcapio"

// direction returns the suffix for p.
func (a *Analyzer) direction(p *pcapio.Packet) int {
	return wayOf(a.cfg.internal(p.IPVersion, &p.Src), a.cfg.internal(p.IPVersion, &p.Dst))
}

func wayOf(fromInternal, toInternal bool) int {
	switch {
	case fromInternal && toInternal:
		return local
	case fromInternal:
		return out
	case toInternal:
		return in
	}
	return external
}

// countIP counts the IP header of a packet.
func (a *Analyzer) countIP(p *pcapio.Packet) {
	s := a.set
	if s == nil {
		return
	}
	if p.IPVersion == 4 {
		s.count(ipProtocol, a.way, int64(p.Proto))
		s.count(ipLen, a.way, int64(p.IPLen))
		s.count(ipTTL, a.way, int64(p.TTL))
		s.count(ipTOS, a.way, int64(p.TOS))
		return
	}
	s.count(ip6Protocol, a.way, int64(p.Proto))
	s.count(ip6HopLimit, a.way, int64(p.TTL))
	s.count(ip6PayloadLen, a.way, int64(p.IPLen-40))
	if p.Layers&pcapio.LayerICMPv6 != 0 {
		s.count(icmp6Type, a.way, int64(p.ICMP.Type))
	}
}

// countTCP counts the headers of a TCP segment, whether a connection is known or not.
func (a *Analyzer) countTCP(p *pcapio.Packet) {
	s := a.set
	if s == nil {
		return
	}
	a.countIP(p)
	s.count(tcpPortSrc, a.way, int64(p.SrcPort))
	s.count(tcpPortDst, a.way, int64(p.DstPort))
	if p.TCP.Flags&(pcapio.SYN|pcapio.ACK) == pcapio.SYN {
		s.count(tcpPortSYNSrc, a.way, int64(p.SrcPort))
		s.count(tcpPortSYNDst, a.way, int64(p.DstPort))
	}
}

func (a *Analyzer) countUDP(p *pcapio.Packet) {
	if a.set == nil {
		return
	}
	a.countIP(p)
	a.set.count(udpPortDst, a.way, int64(p.DstPort))
}

// each calls do for each side of a flow, once for each histogram that the side belongs to: by
// network, and by role where such histograms exist.
func (s *Set) each(f family, clientInternal, serverInternal bool, fromClient, fromServer int64) {
	s.count(f, wayOf(clientInternal, serverInternal), fromClient)
	s.count(f, wayOf(serverInternal, clientInternal), fromServer)
	if families[f].ways&sideWays != 0 {
		s.count(f, c2s, fromClient)
		s.count(f, s2c, fromServer)
	}
}

// countConn counts a connection that ended.
func (a *Analyzer) countConn(c *Conn) {
	s := a.set
	if s == nil {
		return
	}
	s.count(tcpInterrupted, whole, interrupted(c))
	if !c.Complete {
		return
	}
	x, y := &c.Client, &c.Server
	s.count(tcpOptsSACK, whole, who(x.SACKPermitted, y.SACKPermitted))
	s.count(tcpOptsWS, whole, who(x.WindowScaling, y.WindowScaling))
	s.count(tcpOptsTS, whole, who(x.Timestamps, y.Timestamps))
	s.count(tcpOptsMPTCP, whole, who(x.MPTCP, y.MPTCP))
	s.count(tcpMSSA, whole, int64(x.MSS))
	s.count(tcpMSSB, whole, int64(y.MSS))
	used := int64(min(x.MSS, y.MSS))
	if used == 0 {
		used = 536 // RFC 9293, 3.7.1
	}
	s.count(tcpMSSUsed, whole, used)
	for _, h := range [2]*Half{x, y} {
		s.count(tcpWinIni, whole, clip(h.WindowMin))
		if h.Packets > 0 {
			s.count(tcpWinAvg, whole, clip(h.WindowSum/h.Packets))
		}
		s.count(tcpWinMax, whole, clip(h.WindowMax))
	}
	each := func(f family, value func(h *Half) int64) {
		s.each(f, c.ClientInternal, c.ServerInternal, value(x), value(y))
	}
	each(tcpPackets, func(h *Half) int64 { return clip(h.Packets) })
	each(tcpBytesFine, func(h *Half) int64 { return clip(h.DataBytes) })
	each(tcpBytesCoarse, func(h *Half) int64 { return clip(h.DataBytes) })
	if x.RTT.N > 0 && y.RTT.N > 0 {
		each(tcpRTTMin, func(h *Half) int64 { return h.RTT.Min / 1e6 })
		each(tcpRTTAvg, func(h *Half) int64 { return int64(h.RTT.meanMicros(c.classic) / 1000) })
		each(tcpRTTMax, func(h *Half) int64 { return h.RTT.Max / 1e6 })
		each(tcpRTTStdev, func(h *Half) int64 { return int64(h.RTT.stdevMicros(c.classic) / 1000) })
		each(tcpRTTCount, func(h *Half) int64 { return clip(h.RTT.N) })
	}
	for i := range numAnomaly {
		if i == NetworkDuplicate && c.classic && c.ClientInternal && c.ServerInternal {
			// Tstat has a second histogram tcp_net_dup_out where _loc should be, and the file of
			// the first is overwritten.
			s.count(tcpNetDup, c2s, int64(x.Anomalies[i]))
			s.count(tcpNetDup, s2c, int64(y.Anomalies[i]))
			continue
		}
		each(anomalyFamily[i], func(h *Half) int64 { return int64(h.Anomalies[i]) })
	}
	s.count(tcpTotalTime, whole, since(c.First, c.Last)/1e6)
	a.countThroughput(c, x, c2s)
	a.countThroughput(c, y, s2c)
}

var anomalyFamily = [numAnomaly]family{Timeout: tcpRetransTimeout, Fast: tcpRetransFast, Reordering: tcpReordering, NetworkDuplicate: tcpNetDup,
	Unknown: tcpUnknown, FlowControl: tcpFlowControl, UnneededTimeout: tcpUnneededTimeout, UnneededFast: tcpUnneededFast}

// countThroughput counts unique bytes over the time from the first packet to the side's last
// payload.
func (a *Analyzer) countThroughput(c *Conn, h *Half, way int) {
	ns := since(c.First, h.LastData)
	if ns == 0 {
		return
	}
	kbits := float64(h.UniqueBytes) * 8e6 / float64(ns)
	a.set.bins[tcpThroughput][way].addFloat(kbits)
	if h.UniqueBytes >= 1000000 {
		a.set.bins[tcpThroughputLarge][way].addFloat(kbits)
	}
}

// interrupted tells whether the client broke off: it sent a RST less than a round trip after the
// last data of a server that had not finished (Rossi, Casetti, Mellia, "User patience and the Web",
// Globecom 2003).
func interrupted(c *Conn) int64 {
	x, y := &c.Client, &c.Server
	rtt := (x.RTT.meanMicros(c.classic) + y.RTT.meanMicros(c.classic)) * 1000
	silent := since(y.LastData, c.Last)
	if c.classic {
		// Tstat swaps the two, so that the time is 0
		silent = since(c.Last, y.LastData)
	}
	if y.FINs == 0 && y.Resets == 0 && y.UniqueBytes > 0 && x.Resets > 0 && float64(silent) < rtt {
		return 1
	}
	return 0
}

// who returns Tstat's code for which sides asked for an option.
func who(client, server bool) int64 {
	switch {
	case client && server:
		return 1
	case client:
		return 2
	case server:
		return 3
	}
	return 4
}

// clip brings a count into the range of int64; the histograms end far below.
func clip(n uint64) int64 { return int64(min(n, 1<<62)) }

// countFlow counts a UDP flow that ended.
func (a *Analyzer) countFlow(f *Flow) {
	s := a.set
	if s == nil {
		return
	}
	x, y := &f.Client, &f.Server
	s.each(udpPackets, f.ClientInternal, f.ServerInternal, clip(x.Packets), clip(y.Packets))
	s.each(udpBytesFine, f.ClientInternal, f.ServerInternal, clip(x.Bytes), clip(y.Bytes))
	s.each(udpBytesCoarse, f.ClientInternal, f.ServerInternal, clip(x.Bytes), clip(y.Bytes))
	s.count(udpTotalTime, whole, since(f.First, f.Last)/1e6)
}

// endStep gives the set to the StepWriter and begins the next step at start.
func (a *Analyzer) endStep(start int64) {
	s := a.set
	s.End = start
	if !a.classic && !s.Last {
		s.End = s.Start + int64(Step)
	}
	if a.err == nil {
		a.note(a.steps.WriteStep(s))
	}
	s.clear()
	s.Index, s.Start, s.Last = s.Index+1, start, false
}
