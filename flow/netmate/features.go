package netmate

import (
	"time"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/internal/sat"
	"github.com/reeftools/reef/pcapio"
)

// Features are the state of one flow from which a modern [Row] is made. The zero value is that of a
// flow without packets. It holds no pointers, so it may be the state of a [flow.Table].
type Features struct {
	Fwd, Rev Side
	Active   Moments // lengths of the active periods that are over, ns
	Idle     Moments // lengths of the gaps, ns

	ActiveStart int64  // when the active period under way began
	Last        int64  // time of the latest packet
	Reordered   uint64 // packets earlier than Last
}

// Side is the part of [Features] of one direction.
type Side struct {
	Length      Moments // IP lengths, bytes
	IAT         Moments // inter-arrival times, ns
	Last        int64   // time of the latest packet
	HeaderBytes uint64  // IP and transport headers
	PSH, URG    uint64  // TCP packets with these flags
}

// Add takes a packet. A silence longer than idle is a gap.
func (f *Features) Add(p *pcapio.Packet, dir flow.Direction, idle time.Duration) {
	f.addTime(p.Time, uint64(idle))
	s := &f.Fwd
	if dir == flow.Reverse {
		s = &f.Rev
	}
	switch {
	case s.Length.N == 0:
		s.Last = p.Time
	case p.Time >= s.Last:
		if s.Last >= f.ActiveStart {
			s.IAT.Add(uint64(p.Time) - uint64(s.Last))
		}
		s.Last = p.Time
	}
	s.Length.Add(uint64(p.IPLen))
	s.HeaderBytes += headerLen(p)
	if p.TCP.Flags&pcapio.PSH != 0 {
		s.PSH++
	}
	if p.TCP.Flags&pcapio.URG != 0 {
		s.URG++
	}
}

// Turn exchanges the directions: it makes Features a [flow.Turner].
func (f *Features) Turn() { f.Fwd, f.Rev = f.Rev, f.Fwd }

// addTime moves active and idle periods on to a packet at t, before the packet is counted.
func (f *Features) addTime(t int64, idle uint64) {
	if f.Fwd.Length.N+f.Rev.Length.N == 0 {
		f.ActiveStart, f.Last = t, t
		return
	}
	if t < f.Last {
		f.Reordered++
		if f.Idle.N == 0 {
			f.ActiveStart = min(f.ActiveStart, t)
		}
		return
	}
	// Unsigned subtraction is right even if the difference of two hostile times overflows an int64.
	if gap := uint64(t) - uint64(f.Last); gap > idle {
		f.Idle.Add(gap)
		f.Active.Add(uint64(f.Last) - uint64(f.ActiveStart))
		f.ActiveStart = t
	}
	f.Last = t
}

// headerLen returns the length of p's IP and transport headers in bytes, as far as the transport
// header was captured. UDP, UDP-Lite, ICMP and ICMPv6 headers have 8 bytes, SCTP's common header 12
// (RFC 768, 3828, 792, 4443, 9260).
func headerLen(p *pcapio.Packet) uint64 {
	n := uint64(p.IPHdrLen)
	const eight = pcapio.LayerUDP | pcapio.LayerUDPLite | pcapio.LayerICMP | pcapio.LayerICMPv6
	switch {
	case p.Layers&pcapio.LayerTCP != 0:
		n += uint64(p.TCP.HdrLen)
	case p.Layers&eight != 0:
		n += 8
	case p.Layers&pcapio.LayerSCTP != 0:
		n += 12
	case p.Layers&pcapio.LayerDCCP != 0 && p.PayloadOff > p.TransportOff:
		n += uint64(p.PayloadOff - p.TransportOff)
	}
	return n
}

// Row writes record and features into r.
func (f *Features) Row(rec *flow.Record, r *Row) {
	*r = Row{Record: *rec, Semantics: Modern, Reordered: f.Reordered}
	v := &r.Values
	periods := f.Idle.N + 1

	v[TotalFPackets], v[TotalFVolume] = sat.Int(f.Fwd.Length.N), sat.Int(f.Fwd.Length.Sum)
	v[TotalBPackets], v[TotalBVolume] = sat.Int(f.Rev.Length.N), sat.Int(f.Rev.Length.Sum)
	r.setMoments(MinFPktl, &f.Fwd.Length, 1000)
	r.setMoments(MinBPktl, &f.Rev.Length, 1000)
	r.setMoments(MinFIAT, &f.Fwd.IAT, 1)
	r.setMoments(MinBIAT, &f.Rev.IAT, 1)
	v[Duration] = sat.Int(uint64(rec.End) - uint64(rec.Start))

	active := f.Active
	active.Add(uint64(f.Last) - uint64(f.ActiveStart))
	r.setMoments(MinActive, &active, 1)
	r.setMoments(MinIdle, &f.Idle, 1)

	perPeriod := func(n uint64) int64 { return sat.Int(sat.MulDiv(n, 1000, periods)) }
	v[SFlowFPackets], v[SFlowFBytes] = perPeriod(f.Fwd.Length.N), perPeriod(f.Fwd.Length.Sum)
	v[SFlowBPackets], v[SFlowBBytes] = perPeriod(f.Rev.Length.N), perPeriod(f.Rev.Length.Sum)
	v[FPSHCount], v[BPSHCount] = sat.Int(f.Fwd.PSH), sat.Int(f.Rev.PSH)
	v[FURGCount], v[BURGCount] = sat.Int(f.Fwd.URG), sat.Int(f.Rev.URG)
	v[TotalFHLen], v[TotalBHLen] = sat.Int(f.Fwd.HeaderBytes), sat.Int(f.Rev.HeaderBytes)
}

// setMoments stores minimum, mean, maximum and standard deviation from column first on. Mean and
// deviation are multiplied by scale.
func (r *Row) setMoments(first Feature, m *Moments, scale uint64) {
	mean, some := m.Mean(scale)
	std, two := m.SampleStdDev(scale)
	r.set(first, sat.Int(m.Min), some)
	r.set(first+1, mean, some)
	r.set(first+2, sat.Int(m.Max), some)
	r.set(first+3, std, two)
}
