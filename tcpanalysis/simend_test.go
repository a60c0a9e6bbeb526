package tcpanalysis

import (
	"slices"

	"github.com/reeftools/reef/pcapio"
)

// simEnd is one end of a simulated connection: RFC 9293 with the loss recovery of RFC 5681 and
// 6298, all as plain as can be. Streams are counted from the SYN, which is 0; the first byte of
// data is 1.
type simEnd struct {
	t    *traffic
	side int

	una, nxt, high int64 // not acknowledged, next to send, highest ever sent plus 1
	written        int64 // end of what the program wrote
	writes         int   // yet to do
	closing        bool  // the FIN is behind the data at written
	synSent, dead  bool
	synACKSent     bool
	window         int64 // of the other side
	rto            int64
	timer          int // number of the retransmission timer that counts
	dups           int
	recover        int64
	probing        bool
	idle           int // number of the keep-alive timer that counts
	keepAlives     int

	known    bool // the other side's SYN came
	rcv      int64
	held     [][2]int64
	unread   int64
	stalled  bool
	tsRecent uint32
	owed     int     // segments not acknowledged yet
	delayed  int     // number of the delayed-ACK timer that counts
	raised   passage // of what raised rcv last
	latest   passage // of what came last and was to be acknowledged
	dsack    [2]int64
}

func newSimEnd(t *traffic, side int) *simEnd {
	return &simEnd{t: t, side: side, written: 1, writes: t.writes[side], window: 1000, rto: 1e9}
}

func (e *simEnd) connect() {
	e.synSent = true
	e.sendSYN()
}

func (e *simEnd) sendSYN() {
	w := e.segment(0, 0, syn)
	w.mss, w.WScale = uint16(e.t.mss[e.side]), e.t.scale[e.side]
	w.Options = pcapio.OptMSS
	if e.t.wscale {
		w.Options |= pcapio.OptWScale
	}
	if e.t.sack {
		w.Options |= pcapio.OptSACKPermitted
	}
	e.out(w, 1)
	e.nxt = max(e.nxt, 1)
	e.arm()
}

// segment makes a segment of n bytes from start.
func (e *simEnd) segment(start int64, n int, flags pcapio.TCPFlags) wire {
	w := wire{side: e.side, start: start}
	w.Seq, w.Len, w.Flags = e.t.iss[e.side]+uint32(start), n, flags
	if e.known {
		w.Flags |= ack
		w.Ack = e.t.iss[1-e.side] + uint32(e.rcv)
	}
	free := max(e.t.buffer[e.side]-e.unread, 0)
	if e.t.wscale && flags&syn == 0 {
		free >>= e.t.scale[e.side]
	}
	w.Window, w.ZeroWindow = uint16(min(free, 65535)), free == 0
	if e.t.timestamps {
		w.Timestamps = [2]uint32{uint32(e.t.now/1e6) + uint32(e.side)*77777, e.tsRecent}
	}
	return w
}

// out sends w, which takes up length sequence numbers, and says whether it was sent before.
func (e *simEnd) out(w wire, length int64) {
	// The SYN of a SYN+ACK after a SYN is not one sent again (RFC 9293, 3.5).
	opening := w.Flags&(syn|ack) == syn|ack && !e.synACKSent
	e.synACKSent = e.synACKSent || opening
	if length > 0 && w.start < e.high && !opening {
		w.why = max(w.why, whyRetrans)
	}
	if w.why <= whyRetrans {
		e.high = max(e.high, w.start+length)
	}
	if w.Flags&ack != 0 {
		w.raised, w.latest = e.raised, e.latest
		e.owed = 0
		e.delayed++
	}
	e.t.send(w)
	e.watch()
}

// pump sends what the windows allow.
func (e *simEnd) pump() {
	if e.dead || e.una == 0 || !e.known {
		return
	}
	for e.nxt < e.written && e.nxt-e.una < min(e.window, 16000) {
		n := min(int64(e.t.mss[1-e.side]), e.written-e.nxt, e.una+e.window-e.nxt)
		w := e.segment(e.nxt, int(n), psh*pcapio.TCPFlags(e.t.rng.IntN(2)))
		if e.closing && e.nxt+n == e.written && e.t.chance(50) {
			w.Flags |= fin
			n++
		}
		e.out(w, n)
		e.nxt += n
		e.arm()
	}
	if e.closing && e.nxt == e.written && e.una+max(e.window, 1) > e.nxt {
		e.out(e.segment(e.nxt, 0, fin), 1)
		e.nxt++
		e.arm()
	}
	if e.window == 0 && e.nxt == e.una && e.nxt < e.written && !e.probing {
		e.probing = true
		e.t.after(300e6, e.probe)
	}
}

// probe asks whether a window is still closed (RFC 9293, 3.8.6.1).
func (e *simEnd) probe() {
	e.probing = false
	if e.dead || e.window > 0 || e.nxt != e.una || e.nxt >= e.written {
		return
	}
	w := e.segment(e.nxt-1, 0, 0)
	if e.t.probeByte {
		w = e.segment(e.nxt, 1, 0)
	}
	w.why = whyProbe
	e.out(w, int64(w.Len))
	e.pump()
}

// again sends the first thing that is not acknowledged, perhaps cut in another way.
func (e *simEnd) again() {
	if e.una == 0 {
		e.sendSYN()
		return
	}
	n := min(int64(e.t.mss[1-e.side]), e.high-e.una, e.written-e.una)
	if n > 1 && e.t.chance(20) {
		n = 1 + e.t.rng.Int64N(n)
	}
	w := e.segment(e.una, int(max(n, 0)), 0)
	length := max(n, 0)
	if e.closing && e.una+length == e.written && e.high > e.written {
		w.Flags |= fin
		length++
	}
	if length > 0 {
		e.out(w, length)
	}
	e.arm()
}

// arm starts the retransmission timer (RFC 6298, 5).
func (e *simEnd) arm() {
	e.timer++
	mine := e.timer
	e.t.after(e.rto, func() {
		if mine != e.timer || e.dead || e.nxt == e.una && e.una > 0 {
			return
		}
		if e.rto *= 2; e.rto > 20e9 {
			e.dead = true
			return
		}
		e.dups, e.recover = 0, e.nxt
		e.again()
	})
}

// watch starts the keep-alive timer (RFC 9293, 3.8.4).
func (e *simEnd) watch() {
	if e.t.keepAlive == 0 {
		return
	}
	e.idle++
	mine := e.idle
	e.t.after(e.t.keepAlive, func() {
		if mine != e.idle || e.dead || !e.known || e.una != e.nxt || e.nxt < 1 || e.keepAlives >= 3 || e.nxt > e.written {
			return
		}
		e.keepAlives++
		w := e.segment(e.nxt-1, 0, 0)
		if e.t.probeByte && e.nxt > 1 {
			w.Len = 1
		}
		w.why = whyKeepAlive
		e.out(w, int64(w.Len))
	})
}

// write lets the program write, then close.
func (e *simEnd) write() {
	if e.dead {
		return
	}
	if e.writes > 0 {
		e.writes--
		e.written += 1 + e.t.rng.Int64N(int64(e.t.chunk))
		e.t.after(e.t.rng.Int64N(e.t.pause), e.write)
	} else {
		switch e.t.finish[e.side] {
		case finishFIN:
			e.closing = true
		case finishRST:
			w := e.segment(e.nxt, 0, rst)
			e.out(w, 0)
			e.dead = true
		}
	}
	e.pump()
}

// acked takes the ACK number of w.
func (e *simEnd) acked(w wire) {
	offset := e.una + int64(int32(w.Ack-e.t.iss[e.side]-uint32(e.una)))
	window := int64(w.Window)
	if e.t.wscale && w.Flags&syn == 0 {
		window <<= e.t.scale[1-e.side]
	}
	switch {
	// a probe's byte may have been taken
	case offset > e.una && offset <= max(e.nxt, e.high, e.written):
		if e.una == 0 {
			e.t.after(e.t.rng.Int64N(e.t.pause), e.write)
		}
		e.una, e.rto = offset, 250e6
		e.nxt, e.high = max(e.nxt, offset), max(e.high, offset)
		e.dups = 0
		e.arm()
		if e.una < e.recover {
			e.again() // a partial ACK: RFC 6582
		}
	case offset == e.una && w.Len == 0 && w.Flags&(syn|fin) == 0 && e.nxt > e.una && window == e.window:
		if e.dups++; e.dups == 3 && e.una >= e.recover {
			e.recover = e.nxt
			e.again()
		}
	}
	e.window = window
	e.pump()
}

// arrive takes a segment that passed the monitor via.
func (e *simEnd) arrive(w wire, via passage) {
	if e.dead || w.why == whySpoof {
		return
	}
	if w.Flags&rst != 0 {
		if w.start == e.rcv {
			e.dead = true
		}
		return
	}
	e.watch()
	if w.Flags&syn != 0 {
		first := !e.known
		e.latest = via
		if first {
			e.known, e.rcv, e.tsRecent, e.raised = true, 1, w.Timestamps[0], via
		}
		if w.Flags&ack != 0 && e.synSent {
			e.acked(w)
			e.ackNow()
		} else if first || e.una == 0 {
			e.synSent = true
			e.sendSYN()
		} else {
			e.ackNow()
		}
		return
	}
	if !e.known {
		return
	}
	if w.start <= e.rcv && w.Timestamps[0] != 0 && int32(w.Timestamps[0]-e.tsRecent) >= 0 {
		e.tsRecent = w.Timestamps[0]
	}
	e.receive(w, via)
	e.acked(w)
}

// receive takes the data of w and acknowledges it at once or later (RFC 5681, 4.2).
func (e *simEnd) receive(w wire, via passage) {
	end := w.start + int64(w.Len)
	if w.Flags&fin != 0 {
		end++
	}
	if end == w.start && w.start >= e.rcv {
		return // an ACK
	}
	e.latest = via
	free := e.t.buffer[e.side] - e.unread
	switch {
	// known, or does not fit: say where we are
	case end <= e.rcv || w.start > e.rcv+free || end == w.start || free == 0 && w.Len > 0:
		if w.Len > 0 && end <= e.rcv {
			e.dsack = [2]int64{w.start, w.start + int64(w.Len)}
		}
		e.ackNow()
		return
	case w.start > e.rcv:
		e.hold(w.start, end)
		e.ackNow()
		return
	}
	before := e.rcv
	gap := len(e.held) > 0
	e.rcv, e.raised = end, via
	for i := 0; i < len(e.held); i++ {
		if h := e.held[i]; h[0] <= e.rcv {
			e.rcv = max(e.rcv, h[1])
			e.held = slices.Delete(e.held, i, i+1)
			i = -1
		}
	}
	e.unread += e.rcv - before
	e.read()
	e.owed++
	if gap || w.Flags&fin != 0 || e.owed >= 2 {
		e.ackNow()
		return
	}
	mine := e.delayed
	e.t.after(40e6, func() {
		if mine == e.delayed && !e.dead {
			e.ackNow()
		}
	})
}

// read lets the program take what came, unless it stops for a while.
func (e *simEnd) read() {
	if e.stalled {
		return
	}
	if e.unread > e.t.buffer[e.side]/2 && e.t.chance(e.t.stall) {
		e.stalled = true
		e.t.after(1e9, func() {
			e.stalled, e.unread = false, 0
			if !e.dead {
				e.ackNow() // a window update
			}
		})
		return
	}
	e.unread = 0
}

// hold keeps what came out of order, the latest first (RFC 2018, 4).
func (e *simEnd) hold(start, end int64) {
	e.held = slices.DeleteFunc(e.held, func(h [2]int64) bool {
		if touches := h[0] <= end && start <= h[1]; !touches {
			return false
		}
		start, end = min(start, h[0]), max(end, h[1])
		return true
	})
	e.held = slices.Insert(e.held, 0, [2]int64{start, end})
}

// ackNow sends a pure ACK.
func (e *simEnd) ackNow() {
	w := e.segment(e.nxt, 0, 0)
	if e.t.sack {
		base := e.t.iss[1-e.side]
		if e.dsack != [2]int64{} {
			w.SACK = append(w.SACK, pcapio.SACKBlock{Left: base + uint32(e.dsack[0]), Right: base + uint32(e.dsack[1])})
		}
		for _, h := range e.held[:min(len(e.held), 3-len(w.SACK))] {
			w.SACK = append(w.SACK, pcapio.SACKBlock{Left: base + uint32(h[0]), Right: base + uint32(h[1])})
		}
	}
	e.dsack = [2]int64{}
	e.out(w, 0)
}
