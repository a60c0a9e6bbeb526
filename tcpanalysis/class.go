package tcpanalysis

import "github.com/reeftools/reef/pcapio"

// Class is what an extraordinary segment was sent for. A segment has at most one.
type Class uint8

// Classes. The first three are retransmissions. See the package comment for the rules.
const (
	Timeout      Class = iota // retransmitted after the retransmission timeout
	Fast                      // retransmitted in answer to duplicate or selective ACKs
	Unclassified              // retransmitted for no reason that was seen, as tail loss probes are
	Reordered                 // overtaken on the way
	WindowProbe               // tries a window that was advertised as 0
	KeepAlive                 // asks for a sign of life
	CaptureDup                // the same packet captured again
	NumClasses
)

var classNames = [NumClasses]string{"timeout", "fast", "unclassified", "reordered", "window_probe", "keepalive", "capture_dup"}

// String returns the name used in tables.
func (c Class) String() string {
	if c < NumClasses {
		return classNames[c]
	}
	return "?"
}

const (
	minRTO     = 200e6 // ns; the least that common stacks wait (Linux TCP_RTO_MIN)
	dupWindow  = 2e6   // ns; packets without an IP identification are captured twice within this
	lateWindow = 3e6   // ns; what fills a gap within this was overtaken, where no round-trip time is known
)

// duplicate tells whether p was captured before. The last 4 packets of the side are compared in all header fields that a
// retransmission changes. An IP identification above 0 is proof; without it only segments that take up sequence space count.
func (h *half) duplicate(p *pcapio.Packet) bool {
	t := &p.TCP
	id := uint64(0)
	if p.IPVersion == 4 {
		id = uint64(p.IPID & 0xffff)
	}
	fp := mix(uint64(t.Seq)<<32|uint64(t.Ack), uint64(t.Flags)<<48|uint64(t.Window)<<32|uint64(uint32(p.PayloadLen)))
	fp = mix(fp^(uint64(t.TSval)<<32|uint64(t.TSecr)), id<<16|uint64(t.Urgent))
	if t.SACKCount > 0 {
		fp = mix(fp, uint64(t.SACK[0].Left)<<32|uint64(t.SACK[0].Right))
	}
	r := &h.recent
	if f := &r.fingerprint; fp == f[0] || fp == f[1] || fp == f[2] || fp == f[3] { // hardly ever
		takesSpace := p.PayloadLen > 0 || t.Flags&(pcapio.SYN|pcapio.FIN) != 0
		for i, at := range r.time {
			if fp == f[i] && at != 0 && (id != 0 || takesSpace && abs(p.Time-at) < dupWindow) {
				return true
			}
		}
	}
	next := h.recentNext % uint8(len(r.time))
	r.fingerprint[next], r.time[next] = fp, p.Time
	h.recentNext = next + 1
	return false
}

// mix folds two words into one; equal words give equal results and others hardly ever.
func mix(a, b uint64) uint64 {
	a = (a ^ b*0x9e3779b97f4a7c15) * 0xff51afd7ed558ccd
	return a ^ a>>32
}

func abs(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}

// classify finds why a segment starting at seq was sent that repeats or precedes others; peer is the other side.
func (o *odd) classify(h *half, s *sent, seq, now int64, peer *half) Class {
	rto := h.senderRTO(peer)
	if s.again == 0 {
		// It fills a gap. What was lost before the observation point comes back after a round trip at the earliest.
		delay := now - s.follower
		trip := h.RTT.Min + peer.minRTT()
		if trip == 0 {
			trip = lateWindow
		}
		if delay < trip-trip/8 || s.belowACK {
			return Reordered
		}
		o.RetransUnseen++
		if delay >= rto {
			return Timeout
		}
		return Fast
	}
	waited := now - s.before
	if h.dupRun >= 3 || o.sackHigh > seq || seq < o.recover {
		if waited < rto || peer.lastACKTime != 0 && now-peer.lastACKTime < rto/2 {
			o.recover, h.recovering = max(o.recover, h.next), true
			return Fast
		}
	}
	if waited >= rto {
		o.recover, h.recovering = 0, false
		return Timeout
	}
	return Unclassified
}

// senderRTO estimates the timeout of the sender, which sees the round-trip times of both sides of the observation point.
func (h *half) senderRTO(peer *half) int64 {
	rto := h.RTT.SRTT + 4*h.RTT.RTTVAR
	if peer != nil {
		rto += peer.RTT.SRTT + 4*peer.RTT.RTTVAR
	}
	return max(rto, minRTO)
}

func (h *half) minRTT() int64 {
	if h == nil {
		return 0
	}
	return h.RTT.Min
}
