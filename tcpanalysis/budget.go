package tcpanalysis

// budgetTurn is whose turn it is to give up its ranges for Config.MaxAllRanges.
type budgetTurn struct {
	slot   uint32
	visits uint64 // slots that were looked at, which tests bound
}

// makeRoom lets connections give up all their ranges until those that are left are no more than
// Config.MaxAllRanges. They do so in the order of their slots, and from the first one again. By the
// time that all had their turn, all ranges that there were when it began are gone, so that as many
// packets as that have come: since MaxAllRanges is at least MaxConns, that is no more than a step
// for each.
func (t *Tracker) makeRoom() {
	for t.segs.Live() > t.cfg.MaxAllRanges {
		t.budget.visits++
		if t.budget.slot++; t.budget.slot > t.table.Slots() {
			t.budget.slot = 1
		}
		if !t.table.Used(t.budget.slot) {
			continue
		}
		c := &t.table.At(t.budget.slot).State
		for side := range 2 {
			if h := t.half(c, side); h != nil {
				t.giveUp(h)
			}
		}
	}
}

// giveUp forgets the ranges of a side: what was sent counts as acknowledged, and gaps as seen.
func (t *Tracker) giveUp(h *half) {
	if n := h.unacked.len; n > 0 {
		t.clear(&h.unacked)
		h.una, h.acked = h.next, true
		if h.answered { // else nothing would be acknowledged anyway
			t.dropped(t.rare(h), n)
		}
	}
	if h.rare != 0 {
		o := t.rares.At(h.rare)
		if n := o.holes.len; n > 0 {
			t.clear(&o.holes)
			t.dropped(o, n)
		}
		t.clear(&o.sacked) // below una now
	}
}

// dropped counts ranges that were given up.
func (t *Tracker) dropped(o *rare, ranges int32) {
	o.RangesDropped += uint64(ranges)
	t.stats.RangesDropped += uint64(ranges)
}
