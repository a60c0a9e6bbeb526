package flow

import (
	"fmt"
	"math"
	"slices"

	"github.com/reeftools/reef/internal/cascade"
	"github.com/reeftools/reef/internal/index"
	"github.com/reeftools/reef/pcapio"
)

// Table is a metering process (RFC 7011, 2): it sorts packets into flows and hands out a record
// when a flow has ended. S is the caller's state per flow; without pointers in it the garbage
// collector has nothing to follow. A Table is a [pcapio.PacketWriter]. It is not safe for
// concurrent use.
//
// Memory grows with the flows that are live, never with the packets: about 150 bytes and the size
// of S for each.
type Table[S any] struct {
	cfg  Config
	add  func(*S, *pcapio.Packet, Direction)
	end  func(*Record, *S) error
	err  error // of end; sticky
	dst  any   // what end writes to, if NewRecords was told
	hash hasher

	queue      [lookahead]observation
	queued     int
	prefetched int64 // see drain: keeps the loads alive

	index index.Index
	store store[S]
	wheel wheel[S]
	order order[S]
	evict []victim // next to go when MaxFlows is reached, in order
	run   []uint32 // scratch of release
	out   Record   // given to end
	due   []uint32 // scratch of advance
	seen  touched

	idle, active, linger int64 // ns; a timeout that never fires is math.MaxInt64
	clock                int64 // latest packet time
	started              bool  // clock is set
	endNow               bool  // EndFlow was called
	before               continued
	// Part numbers of the records with markPart, by entry: most flows need none, so it is not a
	// field of the entry
	parts     map[uint32]uint32
	lastStart int64 // of the record given out last, but for late ones
	lastKey   packed
	stats     Stats
}

// NewTable returns an empty table. It calls add, which may be nil, for each packet with the state
// of its flow, which is zero at the flow's first packet. It calls end, which must not be nil, once
// for each record, in order of start and key (see Config.Hold); end must keep neither pointer. An
// error of end is returned by the call of Table that led to it and by all later ones.
func NewTable[S any](cfg Config, add func(*S, *pcapio.Packet, Direction), end func(*Record, *S) error) (*Table[S], error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if end == nil {
		return nil, fmt.Errorf("%w: no function to take the records", ErrConfig)
	}
	cfg = cfg.withDefaults()
	never := func(d int64) int64 {
		if d < 0 {
			return math.MaxInt64
		}
		return d
	}
	t := &Table[S]{cfg: cfg, add: add, end: end, hash: newHasher(cfg.Seed, cfg.Uni), index: index.New(768),
		idle: never(int64(cfg.Idle)), active: never(int64(cfg.Active)), linger: never(int64(cfg.Linger))}
	horizon := min(t.idle, t.linger) // unless one ends no flow
	if t.idle < math.MaxInt64 {
		horizon = t.idle
	}
	if horizon == math.MaxInt64 {
		horizon = 0
	}
	t.wheel.init(&t.store, horizon)
	t.order = newOrder(&t.store)
	t.lastStart = math.MinInt64
	if t.active < math.MaxInt64 {
		t.parts = make(map[uint32]uint32)
	}
	return t, nil
}

// WritePacket puts p on its flow. Packets without an IP header only move the clock; they are
// counted in Stats.Skipped.
//
// A table without add gathers a few packets at a time, so records and errors of end may come that
// many packets later.
func (t *Table[S]) WritePacket(p *pcapio.Packet) error {
	if t.err != nil {
		return t.err
	}
	if !p.Status.HasIP() {
		if err := t.Advance(p.Time); err != nil {
			return err
		}
		t.stats.Packets++
		t.stats.Skipped[p.Status]++
		return nil
	}
	s := &t.queue[t.queued]
	s.of(p, &t.cfg)
	s.hash = t.hash.sum(&s.key)
	if t.add != nil {
		return t.meter(s, p)
	}
	if t.queued++; t.queued == len(t.queue) {
		return t.drain()
	}
	return nil
}

// meter puts what was seen on its flow. p is the packet for add; nil without add.
func (t *Table[S]) meter(s *observation, p *pcapio.Packet) error {
	late := t.started && s.time < t.clock
	switch {
	case late:
	case t.started && !t.wheel.due(s.time): // as mostly: nothing can have timed out
		t.clock = s.time
	default:
		if err := t.advance(s.time); err != nil {
			return err
		}
	}
	t.stats.Packets++
	t.stats.Counted++
	if late {
		t.stats.OutOfOrder++
	}

	n, e, dir := t.find(s)
	if n == none {
		n, dir = t.begin(s, nil)
		e = t.store.at(n)
	} else if !t.plain(&e.head, s) {
		if reason := t.timedOut(&e.head, s, dir); reason != StillActive {
			var before *continued
			if reason == ActiveTimeout {
				t.before = continued{e.key, e.method, t.part(n) + 1, e.marks & tcpMarks, e.next}
				before = &t.before
			}
			t.finish(n, reason)
			n, dir = t.begin(s, before)
			e = t.store.at(n)
		}
	}

	if s.layers&pcapio.LayerTCP != 0 && t.linger != math.MaxInt64 {
		if s.flags&(pcapio.SYN|pcapio.FIN|pcapio.RST) == 0 && e.marks&tcpBothResets == 0 {
			e.follow(s, dir) // as mostly
		} else {
			dir = t.track(n, s, dir)
		}
	}
	e.count(s, dir)
	if t.seen.on && e.marks&markTouched == 0 {
		t.touch(n, e)
	}
	if s.time < e.start {
		t.order.resort(n, s.time)
	}
	if late && s.time < t.clock-t.idle {
		t.schedule(n, t.clock) // far behind the clock, yet just seen
	}
	if t.add != nil {
		t.add(&e.state, p, dir)
		if t.endNow {
			t.endNow = false
			t.finish(n, EndOfFlow)
		}
	}
	return t.err
}

// EndFlow ends the flow of the packet being added with EndOfFlow once add has returned. It is
// called from within add.
func (t *Table[S]) EndFlow() { t.endNow = true }

// find returns the live entry of s and its number, or none, and the direction in which s travels on
// it.
func (t *Table[S]) find(s *observation) (uint32, *entry[S], Direction) {
	if s.guess != none {
		// Other packets may have come since the guess. But if the entry is live and has this key,
		// it is right.
		if e := t.store.at(s.guess); e.live() {
			if dir, ok := t.match(&e.key, &s.key); ok {
				return s.guess, e, dir
			}
		}
	}
	for n, i := t.index.First(s.hash); n != none; n, i = t.index.Next(s.hash, i) {
		e := t.store.at(n)
		if dir, ok := t.match(&e.key, &s.key); ok {
			return n, e, dir
		}
	}
	return none, nil, Forward
}

// match tells whether key belongs to the flow of k, and which direction it has.
func (t *Table[S]) match(k, key *packed) (Direction, bool) {
	// Ends first, field by field: a comparison of whole keys would be a call.
	if k.src == key.src && k.dst == key.dst && k.srcPort == key.srcPort && k.dstPort == key.dstPort && k.sameRest(key) {
		return Forward, true
	}
	return Reverse, !t.cfg.Uni && k.src == key.dst && k.dst == key.src && k.srcPort == key.dstPort && k.dstPort == key.srcPort && k.sameRest(key)
}

// continued is what a record that the active timeout cut off leaves to the next.
type continued struct {
	key    packed
	method DirectionMethod
	part   uint32 // its number
	tcp    marks
	next   [2]uint32
}

// begin makes a flow of s, of which there is none. before is the cut-off record that it continues,
// or nil.
func (t *Table[S]) begin(s *observation, before *continued) (uint32, Direction) {
	if t.stats.Live >= uint64(t.cfg.MaxFlows) {
		t.evictOne()
	}
	n := t.store.alloc()
	e := t.store.at(n)
	dir := Forward
	switch {
	case before != nil:
		e.key, e.method, e.next = before.key, before.method, before.next
		e.marks = before.tcp | markPart
		t.parts[n] = before.part
		if e.key != s.key {
			dir = Reverse
		}
	case t.cfg.Uni:
		e.key = s.key
	default:
		e.key = s.key
		if dir, e.method = t.direction(s); dir == Reverse {
			e.key = s.key.reverse()
		}
	}
	e.start, e.end = s.time, s.time
	e.wheelPrev = none
	e.marks |= markLoose
	if t.cfg.Hold >= 0 {
		t.order.insert(n)
	}
	t.index.Insert(s.hash, n)
	t.schedule(n, t.clock)
	t.stats.Flows++
	t.stats.Live++
	t.stats.MaxLive = max(t.stats.MaxLive, t.stats.Live)
	return n, dir
}

// part returns how many records before that of entry n the active timeout cut off the same flow.
func (t *Table[S]) part(n uint32) uint32 {
	if t.store.at(n).marks&markPart == 0 {
		return 0
	}
	return t.parts[n]
}

// finish ends the live entry n and gives out what may go now.
func (t *Table[S]) finish(n uint32, reason EndReason) {
	t.finishHashed(n, t.hash.sum(&t.store.at(n).key), reason)
}

// finishHashed is finish for a caller that has computed the hash of n's key.
func (t *Table[S]) finishHashed(n, hash uint32, reason EndReason) {
	t.retire(n, hash, reason)
	if t.store.at(n).marks&markLoose != 0 {
		t.giveOut(n)
		return
	}
	t.order.held++
	t.release(t.clock)
}

// retire makes the live entry n an ended one.
func (t *Table[S]) retire(n, hash uint32, reason EndReason) {
	e := t.store.at(n)
	e.reason = reason
	t.index.Remove(hash, n)
	t.wheel.remove(n)
	t.stats.Live--
	t.stats.Ended[reason]++
}

// release gives out the ended records that need not wait any longer. now is the time from which
// more packets may come.
func (t *Table[S]) release(now int64) {
	limit := t.cfg.Hold
	if limit <= 0 {
		limit = max(DefaultHold, int(t.stats.Live))
	}
	for {
		t.run = t.order.next(t.run[:0], now)
		if len(t.run) == 0 {
			if t.order.held <= limit {
				return
			}
			if t.run = t.order.next(t.run, math.MaxInt64); len(t.run) == 0 {
				t.order.loosen()
				continue
			}
		}
		for _, n := range t.run {
			t.order.unlink(n)
		}
		t.giveOutRun()
	}
}

// giveOutRun gives out the records of t.run in order.
func (t *Table[S]) giveOutRun() {
	if len(t.run) > 1 {
		slices.SortFunc(t.run, func(a, b uint32) int { return t.store.at(a).compare(&t.store.at(b).head) })
	}
	for _, n := range t.run {
		t.giveOut(n)
	}
}

// giveOut hands entry n's record to the caller and frees the entry.
func (t *Table[S]) giveOut(n uint32) {
	e := t.store.at(n)
	if compareStarts(e.start, &e.key, t.lastStart, &t.lastKey) < 0 {
		t.stats.Late++
	} else {
		t.lastStart, t.lastKey = e.start, e.key
	}
	if t.err == nil {
		t.record(n, &t.out)
		t.err = t.end(&t.out, &e.state)
	}
	if e.marks&markPart != 0 {
		delete(t.parts, n)
	}
	t.store.free(n)
}

// Flush ends all live flows, closed TCP connections with EndOfFlow and the others with ForcedEnd,
// and hands out their records; then it flushes the writer of [NewRecords] if that has a Flush. The
// table can be used on.
func (t *Table[S]) Flush() error { return cascade.Flush(t.endAll(), t.dst) }

func (t *Table[S]) endAll() error {
	if err := t.drain(); err != nil {
		return err
	}
	t.run = t.run[:0]
	for n := range t.store.live() {
		e := t.store.at(n)
		e.reason = ForcedEnd
		if _, reason := t.limit(&e.head); reason == EndOfFlow {
			e.reason = EndOfFlow
		}
		t.stats.Ended[e.reason]++
		e.wheelPrev = none
		if e.marks&markLoose != 0 {
			t.run = append(t.run, n)
		} else {
			t.order.held++
		}
	}
	t.stats.Live = 0
	t.index.Clear() // at once, instead of entry by entry
	t.wheel.clear()
	t.evict, t.seen.list = nil, t.seen.list[:0]
	t.giveOutRun()
	t.release(math.MaxInt64)
	return t.err
}
