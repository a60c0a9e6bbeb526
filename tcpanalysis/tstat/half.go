package tstat

import "github.com/reeftools/reef/pcapio"

// flags counts the flags of a packet that ends at sequence number end.
func (h *half) flags(flags pcapio.TCPFlags, end uint32) {
	if flags&pcapio.SYN != 0 {
		h.SYNs++
	}
	if flags&pcapio.RST != 0 {
		h.Resets++
	}
	if flags&pcapio.FIN != 0 {
		h.FINs++
		if h.FINs > 1 && h.finSeq != end {
			h.SYNChanged = true
		}
		h.finSeq = end
	}
}

// payload notes when n bytes were sent, of which again had been, and whether that was before the
// first ACK of data.
func (h *half) payload(n int, again, now int64) {
	if n > 0 && !h.dataAcked && again == 0 {
		h.InitialBytes += uint64(n)
	}
	if h.FirstData == 0 {
		h.FirstData = now
	}
	h.LastData = now
}

// options takes what the options say. Tstat keeps MSS and window scale in signed numbers of 16 and
// 8 bits, in which all ones mean none.
func (h *half) options(peer *half, t *pcapio.TCP, syn, classic bool) {
	if t.Options&pcapio.OptMSS != 0 && !(classic && t.MSS == 0xffff) {
		h.MSS = t.MSS
	}
	if t.Options&pcapio.OptWScale != 0 && !(classic && t.WScale == 0xff) {
		h.WindowScale, h.WindowScaling = t.WScale, true
	}
	if t.Options&pcapio.OptTimestamps != 0 {
		h.Timestamps = true
	}
	if !syn && !(h.WindowScaling && peer.WindowScaling) {
		h.WindowScale, peer.WindowScale = 0, 0
	}
	if t.Options&pcapio.OptSACKPermitted != 0 {
		h.SACKPermitted = true
	}
	if t.SACKCount > 0 {
		h.SACKs++
	}
	if t.Options&pcapio.OptMPTCP != 0 {
		h.MPTCP = true
	}
}

// data counts a payload of n bytes, and the TTL.
func (h *half) data(n int, p *pcapio.Packet) {
	if n > 0 {
		size := uint32(n)
		h.DataPackets++
		h.DataBytes += uint64(n)
		h.SegmentMax = max(h.SegmentMax, size)
		if h.SegmentMin == 0 || size < h.SegmentMin {
			h.SegmentMin = size
		}
	}
	if h.TTLMin == 0 || p.TTL < h.TTLMin {
		h.TTLMin = p.TTL
	}
	h.TTLMax = max(h.TTLMax, p.TTL)
}

// unique counts which of n bytes of payload are new; again, which has SYN and FIN in it, were sent
// before.
func (h *half) unique(again int64, n int, syn, fin bool) {
	if again > 0 {
		h.RetransPackets++
	}
	if syn && h.SYNs > 1 && again > 0 {
		again-- // the SYN is no data, so its repetition is none
	}
	if fin && h.FINs > 1 && again > 0 {
		again--
	}
	if again > 0 {
		h.RetransBytes += uint64(again)
	}
	if again < int64(n) {
		h.UniqueBytes += uint64(int64(n) - again)
	}
}

func (h *half) windows(window uint64) {
	h.window = window
	h.WindowMax = max(h.WindowMax, window)
	if window > 0 && (h.WindowMin == 0 || window < h.WindowMin) {
		h.WindowMin = window
	}
	h.WindowSum += window
}

// acks counts a packet with ACK.
func (h *half) acks(peer *half, t *pcapio.TCP, window uint64, n int, syn, fin bool, now int64) {
	if window == 0 {
		h.ZeroWindows++
	}
	if n == 0 && !syn && !fin {
		h.PureACKs++
	}
	if !syn && h.FirstACK == 0 {
		h.FirstACK = now
	}
	h.ack = t.Ack
	if peer.synSeq+1 != t.Ack {
		peer.dataAcked = true
	}
}

// inFlight counts what was outstanding when a new segment was sent in order.
func (h *half) inFlight(n uint32) {
	if int32(n) <= 0 {
		return
	}
	h.InFlightMax = max(h.InFlightMax, n)
	if h.InFlightMin == 0 || n < h.InFlightMin {
		h.InFlightMin = n
	}
}

// message ends a stretch of data.
func (h *half) message(classic bool) {
	start := h.msgLast
	if !h.msgSeen || classic && start == 0 {
		start = h.synSeq + 1
	}
	if classic && h.msgLast >= h.seq || !classic && int32(h.seq-start) <= 0 {
		return
	}
	if h.seq != start {
		h.Messages++
	}
	h.msgLast, h.msgSeen = h.seq, true
}
