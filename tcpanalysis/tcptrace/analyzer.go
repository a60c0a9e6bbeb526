package tcptrace

import (
	"cmp"
	"iter"
	"time"

	"github.com/reeftools/reef/internal/cascade"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis/internal/conntab"
)

// Analyzer follows TCP connections by tcptrace's rules. It is a [pcapio.PacketWriter], not safe for
// concurrent use.
//
// As in tcptrace no connection ends before [Analyzer.Flush], so memory grows with the number of
// connections, up to Config.MaxConns.
type Analyzer struct {
	cfg   Config
	table *conntab.Table[uint32] // number of the connection that owns the endpoints
	conns [][]Conn               // in blocks, so that they never move
	count int
	segs  segments
	now   int64 // time of the packet at hand, µs
	stats Stats
	ev    event

	header  header
	plot    *plotter // nil: no graphs
	flushed bool
	err     error // of the graphs, and of Flush
}

const connBlock = 256

// New returns an Analyzer. Graphs takes tcptrace's graphs of the connections; nil: they are not
// drawn.
func New(cfg Config, graphs ElementWriter) (*Analyzer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg.Reuse = cmp.Or(cfg.Reuse, DefaultReuse)
	cfg.MaxConns = cmp.Or(cfg.MaxConns, DefaultMaxConns)
	cfg.MaxSegments = cmp.Or(cfg.MaxSegments, DefaultMaxSegments)
	a := &Analyzer{cfg: cfg, table: conntab.New[uint32]()}
	if graphs != nil {
		a.plot = &plotter{dst: graphs, sel: cfg.Plotted, most: cmp.Or(cfg.MaxPlotted, DefaultMaxPlotted), state: map[*Conn]*[2]plotState{}}
	}
	return a, nil
}

// Stats returns the counts so far.
func (a *Analyzer) Stats() Stats { return a.stats }

// Len returns the number of connections.
func (a *Analyzer) Len() int { return a.count }

// Conns returns an iterator over the connections in order of number.
func (a *Analyzer) Conns() iter.Seq[*Conn] {
	return func(yield func(*Conn) bool) {
		for i := range a.count {
			if !yield(a.conn(uint32(i + 1))) {
				return
			}
		}
	}
}

func (a *Analyzer) conn(number uint32) *Conn {
	return &a.conns[(number-1)/connBlock][(number-1)%connBlock]
}

// WritePacket takes one packet. It returns the first error of the writer of graphs.
func (a *Analyzer) WritePacket(p *pcapio.Packet) error {
	a.stats.Packets++
	a.now = micros(p.Time)
	a.stats.Last = a.now
	q, v := a.header.of(p)
	if v != notSeen {
		a.stats.Seen++
	}
	if v > notIP {
		if a.stats.First == 0 { // 0 is taken for not set, as there
			a.stats.First = a.now
		}
		a.stats.LastSeen = a.now
	}
	switch v {
	case traced:
		p = q
		if a.header.cut {
			a.stats.CutOptions++
		}
	case short:
		a.stats.Short++
		return nil
	default:
		a.stats.Skipped[p.Status]++
		return nil
	}
	c, reverse := a.find(p)
	if c == nil {
		a.stats.NoRoom++
		return nil
	}
	a.stats.Traced++
	h, peer := &c.A2B, &c.B2A
	if reverse {
		h, peer = peer, h
	}
	a.segment(c, h, peer, p)
	if a.plot != nil {
		if a.plot.packet(&a.ev) {
			a.stats.NotPlotted++
		}
		a.err = a.plot.err
	}
	return a.err
}

// micros cuts nanoseconds to microseconds.
func micros(ns int64) int64 {
	us := ns / 1000
	if ns%1000 < 0 {
		us--
	}
	return us
}

// find returns the connection of p, a new one where tcptrace would begin one, and whether p travels
// from b to a. It is nil if there is no room for another.
func (a *Analyzer) find(p *pcapio.Packet) (c *Conn, reverse bool) {
	var key conntab.Key
	key.Set(p)
	slot := a.table.Find(&key)
	if slot != 0 {
		c := a.conn(a.table.At(slot).State)
		reverse := p.Src != c.AAddr || p.Dst != c.BAddr || p.SrcPort != c.APort
		h, peer := &c.A2B, &c.B2A
		if reverse {
			h, peer = peer, h
		}
		if !a.reused(c, h, peer, p) {
			return c, reverse
		}
	}
	if a.count >= a.cfg.MaxConns {
		return nil, false
	}
	if slot == 0 {
		slot = a.table.Insert(&key, 0, 0)
	}
	if a.count%connBlock == 0 {
		a.conns = append(a.conns, make([]Conn, connBlock))
	}
	a.count++
	a.table.At(slot).State = uint32(a.count)
	c = a.conn(uint32(a.count))
	c.Number, c.Version = a.count, p.IPVersion
	c.AAddr, c.BAddr, c.APort, c.BPort = p.Src, p.Dst, p.SrcPort, p.DstPort
	c.A2B.state.ackTime, c.B2A.state.ackTime = -1, -1
	return c, false
}

// reused tells whether p, sent by h, begins a new connection between the endpoints of c.
func (a *Analyzer) reused(c *Conn, h, peer *Half, p *pcapio.Packet) bool {
	if elapsed(c.Last, a.now) > float64(a.cfg.Reuse/time.Microsecond) {
		return true
	}
	if p.TCP.Flags&pcapio.SYN == 0 {
		return false
	}
	if h.SYNs > 1 && h.state.syn != p.TCP.Seq {
		return true
	}
	closed := h.FINs > 0 || peer.FINs > 0 || h.Resets > 0 || peer.Resets > 0
	// not in serial arithmetic, as in tcptrace on 64 bits
	return closed && (p.TCP.Seq > peer.state.winEnd || p.TCP.Seq < h.state.syn)
}

// Flush ends the trace: connections that are still open have been idle until its last packet. Then
// it flushes the writer of graphs, if that has a Flush. A second call changes nothing.
func (a *Analyzer) Flush() error {
	if a.flushed {
		return a.err
	}
	a.flushed = true
	for c := range a.Conns() {
		if c.sides(false) == 2 || c.Reset() {
			continue
		}
		for _, h := range []*Half{&c.A2B, &c.B2A} {
			if h.state.lastTime != 0 {
				h.IdleMax = max(h.IdleMax, int64(elapsed(h.state.lastTime, a.stats.Last)))
			}
		}
	}
	if a.plot != nil {
		a.err = cascade.Flush(a.err, a.plot.dst)
	}
	return a.err
}
