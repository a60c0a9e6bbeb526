package tcpanalysis

// Class is what an extraordinary segment was sent for. A segment has at most one.
type Class uint8

// Classes. The first three are retransmissions. See the package comment for the rules.
const (
	Timeout      Class = iota // retransmitted after the retransmission timeout
	Fast                      // retransmitted in answer to ACKs: duplicate, selective, of a SYN without its data
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
	minRTO = 200e6 // ns; the least that common stacks wait (Linux TCP_RTO_MIN)
	// ns; what fills a gap within this was overtaken, where no round-trip time is known
	lateWindow = 3e6
)

func abs(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}

// classify finds why a segment starting at seq was sent that repeats or precedes others.
func (o *rare) classify(x *step, s *history, seq int64) Class {
	h, peer, now := x.sender, x.receiver, x.packet.Time
	rto := h.senderRTO(peer)
	if s.again == 0 {
		// It fills a gap. What was lost before the observation point comes back after a round trip
		// at the earliest.
		delay := now - s.follower
		if s.belowACK { // a retransmission that crossed its ACK would have been seen before
			if delay < rto {
				return Reordered
			}
			o.RetransUnseen++
			return Timeout
		}
		window := int64(lateWindow)
		if trip := int64(h.RTT.Min) + peer.minRTT(); trip > 0 {
			window = trip - trip/8
		}
		if delay < window {
			return Reordered
		}
		o.RetransUnseen++
		if delay >= rto {
			return Timeout
		}
		return Fast
	}
	waited := now - s.before
	if s.refused || h.dupRun >= 3 || o.sackHigh > seq || max(seq, h.una) < o.recover {
		if waited < rto || peer != nil && peer.lastACKTime != 0 && now-peer.lastACKTime < rto/2 {
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

// senderRTO estimates the timeout of the sender, which sees the round-trip times of both sides of
// the observation point.
func (h *half) senderRTO(peer *half) int64 {
	rto := h.RTT.SRTT + 4*h.RTT.RTTVAR
	if peer != nil {
		rto += peer.RTT.SRTT + 4*peer.RTT.RTTVAR
	}
	return max(int64(rto), minRTO)
}

func (h *half) minRTT() int64 {
	if h == nil {
		return 0
	}
	return int64(h.RTT.Min)
}
