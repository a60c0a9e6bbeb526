package netmate

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/internal/sat"
	"github.com/reeftools/reef/pcapio"
)

// classicTable keeps flows as NetMate does. It is not a flow.Table, since NetMate differs in three
// ways: a timer looks for idle flows, starting with the first packet; times are compared in whole
// seconds; and a late packet sets its flow's clock back.
type classicTable struct {
	end       func(*classicFlow, flow.EndReason) error
	err       error // of end; sticky
	idle      int64 // s; negative never
	threshold uint64
	maxFlows  int

	index map[classicKey]int32
	slabs [][]classicFlow // fixed blocks, so that flows never move
	// the live flows in no order, each with its second of its last packet; apart from the flows,
	// because each sweep reads them all
	live  []seen
	place []int32 // in live, by flow number
	free  []int32
	ended []seen // scratch of sweep and evict

	clock   int64 // latest packet time, us
	timer   int64 // when idle flows are looked for next, us
	oldest  int64 // no flow's last second is before it
	started bool
	stopped bool // a frame without length on the wire came
	stats   flow.Stats
}

const (
	slabSize = 1024
	noFlow   = math.MaxInt64
)

// seen is when flow n had its last packet.
type seen struct {
	second int64
	n      int32
}

// classicKey is the five-tuple of both directions.
type classicKey struct{ low, high uint64 } // lower end; protocol and higher end

func (p *classicPacket) key() classicKey {
	return classicKey{min(p.src, p.dst), uint64(p.proto)<<48 | max(p.src, p.dst)}
}

func newClassicTable(cfg *Config, end func(*classicFlow, flow.EndReason) error) *classicTable {
	t := &classicTable{end: end, idle: -1, threshold: uint64(cfg.IdleThreshold / time.Microsecond), maxFlows: cfg.Flow.MaxFlows,
		index: make(map[classicKey]int32), oldest: noFlow}
	if cfg.Flow.Idle > 0 {
		t.idle = int64(cfg.Flow.Idle / time.Second)
	}
	return t
}

func (t *classicTable) at(n int32) *classicFlow { return &t.slabs[n/slabSize][n%slabSize] }

// writePacket moves the clock, for packets of any kind, and puts r on its flow.
func (t *classicTable) writePacket(r *pcapio.Record) error {
	now := sat.FloorDiv(r.Time, 1000)
	t.advance(now)
	if t.err != nil {
		return t.err
	}
	t.stats.Packets++
	t.stopped = t.stopped || r.OrigLen == 0
	if t.stopped {
		t.stats.Skipped[pcapio.StatusUndecoded]++
		return nil
	}
	var p classicPacket
	if status := p.decode(r); status != pcapio.StatusOK {
		t.stats.Skipped[status]++
		return nil
	}
	t.stats.Counted++
	key := p.key()
	n, ok := t.index[key]
	if !ok {
		n = t.begin(key, &p)
	}
	f := t.at(n)
	sec := sat.FloorDiv(now, 1e6)
	t.live[t.place[n]].second = sec
	t.oldest = min(t.oldest, sec)
	if uint64(now) < f.last() {
		t.stats.OutOfOrder++
		return t.err
	}
	if f.add(&p, uint64(now), t.threshold) {
		t.finish(n, flow.EndOfFlow)
	}
	return t.err
}

// begin makes a flow whose first packet is p.
func (t *classicTable) begin(key classicKey, p *classicPacket) int32 {
	if len(t.index) >= t.maxFlows {
		t.evict()
	}
	if len(t.free) == 0 {
		n := int32(len(t.slabs)) * slabSize
		t.slabs = append(t.slabs, make([]classicFlow, slabSize))
		for i := int32(slabSize) - 1; i >= 0; i-- {
			t.free = append(t.free, n+i)
			t.place = append(t.place, 0)
		}
	}
	n := t.free[len(t.free)-1]
	t.free = t.free[:len(t.free)-1]
	*t.at(n) = classicFlow{src: p.src, dst: p.dst, proto: p.proto, seq: t.stats.Flows}
	t.place[n] = int32(len(t.live))
	t.live = append(t.live, seen{n: n})
	t.index[key] = n
	t.stats.Flows++
	t.stats.Live++
	t.stats.MaxLive = max(t.stats.MaxLive, t.stats.Live)
	return n
}

// finish gives flow n out and forgets it.
func (t *classicTable) finish(n int32, reason flow.EndReason) {
	f := t.at(n)
	p := classicPacket{src: f.src, dst: f.dst, proto: f.proto}
	delete(t.index, p.key())
	end := t.live[len(t.live)-1]
	t.live[t.place[n]], t.place[end.n] = end, t.place[n]
	t.live = t.live[:len(t.live)-1]
	t.free = append(t.free, n)
	t.stats.Live--
	t.stats.Ended[reason]++
	if t.err == nil {
		t.err = t.end(f, reason)
	}
}

// advance moves the clock to now and looks for idle flows if the timer is due. NetMate's timer
// first fires one second after the first packet, and then one second after it was due. If it is
// late by a second, the next time counts from the packet that made it fire. It may be up to 100 us
// early.
func (t *classicTable) advance(now int64) {
	const second, early = 1e6, 100
	if !t.started {
		t.started, t.clock, t.timer = true, now, now+second
	}
	t.clock = max(t.clock, now)
	for t.timer-t.clock < early {
		t.sweep(sat.FloorDiv(t.clock, second))
		t.timer += second
		if t.clock-t.timer >= second {
			t.timer = t.clock
		}
	}
}

// sweep ends the flows that are idle at second now.
func (t *classicTable) sweep(now int64) {
	limit := now - t.idle - 1
	if t.idle < 0 || t.oldest > limit {
		return
	}
	t.oldest = noFlow
	t.ended = t.ended[:0]
	for _, f := range t.live {
		if f.second <= limit {
			t.ended = append(t.ended, f)
		} else {
			t.oldest = min(t.oldest, f.second)
		}
	}
	t.finishAll(flow.IdleTimeout)
}

// evict ends the least recently seen eighth of the flows, at least one.
func (t *classicTable) evict() {
	t.listLive()
	slices.SortFunc(t.ended, func(a, b seen) int {
		if c := cmp.Compare(a.second, b.second); c != 0 {
			return c
		}
		return t.bySeq(a, b)
	})
	t.ended = t.ended[:(len(t.ended)+7)/8]
	t.finishAll(flow.LackOfResources)
}

// flush ends all flows.
func (t *classicTable) flush() error {
	t.listLive()
	t.finishAll(flow.ForcedEnd)
	t.oldest = noFlow
	return t.err
}

func (t *classicTable) listLive() {
	t.ended = append(t.ended[:0], t.live...)
}

// finishAll ends the listed flows in the order in which they began.
func (t *classicTable) finishAll(reason flow.EndReason) {
	slices.SortFunc(t.ended, t.bySeq)
	for _, f := range t.ended {
		t.finish(f.n, reason)
	}
}

func (t *classicTable) bySeq(a, b seen) int { return cmp.Compare(t.at(a.n).seq, t.at(b.n).seq) }
