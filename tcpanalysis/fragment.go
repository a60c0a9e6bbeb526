package tcpanalysis

import (
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis/internal/conntab"
)

// fragment puts a later IP fragment on the segment that it belongs to. It tells whether the
// connection of that is known.
func (t *Tracker) fragment(p *pcapio.Packet) bool {
	t.Advance(p.Time)
	var key conntab.Key
	down := key.Set(p)
	slot := t.table.Find(&key)
	if slot == 0 || t.expired(t.table.At(slot)) {
		return false
	}
	e := t.table.At(slot)
	c := &e.State
	from := c.sideOf(down)
	h := t.half(c, from)
	if h == nil || !h.valid {
		return false
	}
	n := int64(p.PayloadLen)
	start := unwrap(h.next, p.TCP.Seq)
	if start > h.next+maxWindow {
		return false
	}
	t.slot, t.from = slot, Direction(from)
	h.Bytes += uint64(p.IPLen)
	if t.duplicate(&step{conn: c, packet: p, side: from, sender: h, receiver: t.half(c, 1-from)}) {
		return true
	}
	c.first, c.last = min(c.first, p.Time), max(c.last, p.Time)
	h.seen(p.Time)
	if n > 0 {
		var s history
		t.send(h, start, start+n, p.Time, transmission{print: h.recent.latest(h.recentNext), long: n > 1}, &s)
		if s.below {
			h.movedAt = max(h.movedAt, p.Time)
		}
		t.carried(h, p, n, &s)
		h.outstanding(n, s.again)
	}
	if p.IPFlags&pcapio.MoreFragments == 0 {
		h.segmentSize(uint32(p.TCPOffset) + uint32(n))
		if h.lateFIN {
			h.lateFIN = false
			var s history
			t.finish(h, start+n, p.Time, transmission{}, &s)
		}
	}
	t.table.Touch(slot, int(e.List), t.now)
	return true
}
