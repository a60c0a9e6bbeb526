package tstat

import (
	"math"
	"time"

	"github.com/reeftools/reef/internal/cascade"
	"github.com/reeftools/reef/internal/slab"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis/internal/conntab"
	"github.com/reeftools/reef/tcpanalysis/internal/tracelink"
)

// ConnWriter takes TCP connections as they end. WriteConn must not keep c. If it has a Flush, that
// is called at the end; so it is with the other sinks.
type ConnWriter interface {
	WriteConn(c *Conn) error
}

// FlowWriter takes UDP flows as they end. WriteFlow must not keep f.
type FlowWriter interface {
	WriteFlow(f *Flow) error
}

// ConnWriterFunc makes a [ConnWriter] of a function.
type ConnWriterFunc func(c *Conn) error

// WriteConn calls f.
func (f ConnWriterFunc) WriteConn(c *Conn) error { return f(c) }

// FlowWriterFunc makes a [FlowWriter] of a function.
type FlowWriterFunc func(f *Flow) error

// WriteFlow calls f.
func (f FlowWriterFunc) WriteFlow(fl *Flow) error { return f(fl) }

// Analyzer follows TCP connections and UDP flows. It is a pcapio.PacketWriter, not safe for
// concurrent use.
type Analyzer struct {
	cfg       Config
	classic   bool // cfg.Semantics
	connSink  ConnWriter
	flowSink  FlowWriter
	steps     StepWriter
	set       *Set // of the step at hand, nil without steps
	conns     *conntab.Table[live]
	flows     *conntab.Table[liveFlow]
	records   records
	names     slab.Slab[name]
	scan      scan // classic timeouts
	now       int64
	clock     int64 // latest time so far
	nextSweep int64
	started   bool
	way       int // in, out or local: direction of the packet at hand
	connCount uint64
	flowCount uint64
	link      tracelink.Source // where classic semantics look for IP
	believed  pcapio.Packet    // a malformed packet as Tstat reads it
	outConn   Conn
	outFlow   Flow
	stats     Stats
	err       error // first of a sink
}

// New returns an Analyzer. Each of the sinks may be nil.
func New(cfg Config, conns ConnWriter, flows FlowWriter, steps StepWriter) (*Analyzer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	a := &Analyzer{cfg: cfg, classic: cfg.Semantics == Classic, connSink: conns, flowSink: flows, steps: steps, clock: math.MinInt64,
		conns: conntab.New[live](), flows: conntab.New[liveFlow](), records: records{Later: later}}
	if a.classic {
		a.scan = newScan(cfg.MaxConns, cfg.MaxFlows)
	}
	if steps != nil {
		a.set = NewSet()
	}
	return a, nil
}

// Stats returns the counts so far.
func (a *Analyzer) Stats() Stats { return a.stats }

// WritePacket takes one packet. It returns the first error of a sink.
func (a *Analyzer) WritePacket(p *pcapio.Packet) error {
	a.stats.Packets++
	a.tick(p.Time)
	if a.classic && p.Status.HasIP() && !a.link.Visible(p) {
		a.stats.Skipped[p.Status]++
		return a.err
	}
	if a.set != nil && p.Status.HasIP() {
		a.way = a.direction(p)
	}
	if a.classic {
		p = a.asTstat(p)
	}
	used := false
	switch {
	case p.Layers&pcapio.LayerTCP != 0:
		used = a.tcp(p)
	case p.Layers&pcapio.LayerUDP != 0:
		used = a.udp(p)
	default:
		a.stats.Skipped[p.Status]++
		if a.set != nil && p.Status.HasIP() {
			a.countIP(p)
		}
		return a.err
	}
	if used && a.set != nil && a.classic && since(a.set.Start, a.now) > int64(Step) {
		a.endStep(a.now)
	}
	return a.err
}

// tick sets the time and does what became due.
func (a *Analyzer) tick(t int64) {
	if a.classic {
		t = wholeMicros(t)
	}
	a.now = t
	if !a.started {
		a.started, a.scan.cleaned = true, t
		if a.set != nil {
			a.set.Start = t
		}
	}
	if t <= a.clock {
		return
	}
	a.clock = t
	if a.classic {
		return
	}
	if t >= a.nextSweep {
		a.sweep()
		a.nextSweep = t + int64(time.Second)
	}
	if a.set != nil && t-a.set.Start >= int64(Step) {
		n := (t - a.set.Start) / int64(Step)
		a.endStep(a.set.Start + n*int64(Step))
		a.set.Index += int(n) - 1
	}
}

// wholeMicros cuts nanoseconds to microseconds.
func wholeMicros(ns int64) int64 {
	return ns - ((ns%1000)+1000)%1000
}

// since returns the time from one moment to another, 0 if that came before.
func since(from, to int64) int64 { return max(to-from, 0) }

// Flush ends what is still open, and then flushes the sinks that have a Flush, also after an error.
// A second call changes nothing.
func (a *Analyzer) Flush() error {
	if a.classic {
		a.flushClassic()
	} else {
		a.sweep()
		for _, slot := range a.conns.Sorted(func(c *live) uint64 { return c.number }) {
			a.endConn(slot, EndOfInput, false)
		}
		for _, slot := range a.flows.Sorted(func(f *liveFlow) uint64 { return f.Number }) {
			a.endFlow(slot, EndOfInput)
		}
	}
	if a.set != nil && a.started {
		a.set.Last = true
		a.endStep(a.clock)
		a.set.Index = 0
	}
	a.started, a.clock, a.nextSweep = false, math.MinInt64, 0
	for _, sink := range []any{a.connSink, a.flowSink, a.steps} {
		a.err = cascade.Flush(a.err, sink)
	}
	return a.err
}

// The lists of both tables.
const (
	listLong  = 0 // with the long timeout
	listShort = 1
)

// sweep ends what was silent for too long, in order of age.
func (a *Analyzer) sweep() {
	sweepTable(a.conns, a.clock, [2]time.Duration{a.cfg.Idle, a.cfg.HalfOpen}, func(slot uint32) { a.endConn(slot, EndIdle, false) })
	sweepTable(a.flows, a.clock, [2]time.Duration{a.cfg.UDPIdle, a.cfg.UDPSingle}, func(slot uint32) { a.endFlow(slot, EndIdle) })
}

// sweepTable calls end for what was silent for longer than its list's timeout.
func sweepTable[S any](t *conntab.Table[S], clock int64, timeouts [2]time.Duration, end func(slot uint32)) {
	for list, idle := range timeouts {
		for slot := t.Oldest(list); slot != 0; {
			e := t.At(slot)
			next, silent := e.Next(), clock-e.Seen
			if silent <= int64(idle)-conntab.Slack {
				break
			}
			if silent > int64(idle) {
				end(slot)
			}
			slot = next
		}
	}
}

// insert makes room in a table and enters key there. Most is how many it may hold; end ends the
// entry in a slot. In classic semantics what has no room is not entered, and the slot is 0; index
// is the entry's place in Tstat's array.
func insert[S any](a *Analyzer, t *conntab.Table[S], p *places, key *conntab.Key, most int, end func(slot uint32)) (slot, index uint32) {
	if a.classic {
		a.clean()
		index, ok := p.take()
		if !ok {
			return 0, 0
		}
		slot := t.Insert(key, listShort, a.clock)
		p.put(index, slot)
		return slot, index
	}
	if t.Len() >= most {
		end(oldest(t))
		a.stats.Evicted++
	}
	return t.Insert(key, listShort, a.clock), 0
}

// oldest returns the slot to give up for a new one: of the short list first.
func oldest[S any](t *conntab.Table[S]) uint32 {
	if slot := t.Oldest(listShort); slot != 0 {
		return slot
	}
	return t.Oldest(listLong)
}

func (a *Analyzer) note(err error) {
	if a.err == nil {
		a.err = err
	}
}
