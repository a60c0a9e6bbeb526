package tcptrace

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis/internal/conntab"
)

// ErrConfig means that a configuration contradicts itself.
var ErrConfig = errors.New("tcptrace: bad configuration")

// Config sets an [Analyzer]. The zero value is tcptrace's own setting.
type Config struct {
	// Reuse is the silence after which packets between the same endpoints start a new connection. 0
	// means 240 s.
	Reuse time.Duration
	// MaxConns bounds the connections: further ones are not followed, and their packets are counted
	// in Stats.NoRoom. 0 means 262,144; one takes 1.6 kB.
	MaxConns int
	// MaxSegments bounds the segments that are remembered of all connections, 32 bytes each, and of
	// one side no more than 16,384: its oldest are forgotten, or the new one if it has none. That
	// is counted in Stats.Forgotten; tcptrace has no such bounds. 0 means 4,194,304.
	MaxSegments int
	// Plot, if not nil, takes the graphs of each connection.
	Plot *Plotter
}

// Validate reports contradictions; the error is an [ErrConfig].
func (c *Config) Validate() error {
	if c.Reuse < 0 {
		return fmt.Errorf("%w: Reuse %v is negative", ErrConfig, c.Reuse)
	}
	for _, n := range []int{c.MaxConns, c.MaxSegments} {
		if n < 0 || n > 1<<28 {
			return fmt.Errorf("%w: limit %d is not in 0..%d", ErrConfig, n, 1<<28)
		}
	}
	return nil
}

// Analyzer follows TCP connections by tcptrace's rules. It is a [pcapio.PacketWriter], not safe for
// concurrent use.
//
// As in tcptrace no connection ends before [Analyzer.Finish], so memory grows with the number of
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

	header header
}

// Stats are the counts of an Analyzer: Packets = Traced + NoRoom + Short + the sum of Skipped.
type Stats struct {
	Packets   uint64 // given to WritePacket
	Seen      uint64 // in frames that tcptrace takes to hold IP: its "packets seen"
	Traced    uint64 // put on a connection: its "TCP packets traced"
	NoRoom    uint64 // of connections over Config.MaxConns
	Forgotten uint64 // segments, for Config.MaxSegments
	// TCP, but too little of it is there, of its "too short to process"
	Short uint64
	// of Traced: some of the options are not there, which adds to "too short to process"
	CutOptions uint64
	Skipped    pcapio.StatusCounts // the rest, by decoding status
	First      int64               // time of the first IP packet seen, µs
	LastSeen   int64               // time of the latest IP packet seen
	Last       int64               // time of the latest packet of any kind
}

const connBlock = 256

// Defaults of [Config].
const (
	DefaultMaxConns    = 1 << 18
	DefaultMaxSegments = 1 << 22
)

// New returns an Analyzer.
func New(cfg Config) (*Analyzer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Reuse == 0 {
		cfg.Reuse = 240 * time.Second
	}
	if cfg.MaxConns == 0 {
		cfg.MaxConns = DefaultMaxConns
	}
	if cfg.MaxSegments == 0 {
		cfg.MaxSegments = DefaultMaxSegments
	}
	return &Analyzer{cfg: cfg, table: conntab.New[uint32]()}, nil
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

// WritePacket takes one packet.
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
	if a.cfg.Plot != nil {
		return a.cfg.Plot.packet(&a.ev)
	}
	return nil
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

// Finish ends the trace: connections that are still open have been idle until its last packet.
// Graphs are completed.
func (a *Analyzer) Finish() error {
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
	if a.cfg.Plot != nil {
		return a.cfg.Plot.finish()
	}
	return nil
}
