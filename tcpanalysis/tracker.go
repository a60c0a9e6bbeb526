package tcpanalysis

import (
	"math/rand/v2"

	"github.com/reeftools/reef/internal/cascade"
	_ "github.com/reeftools/reef/internal/index" // else conntab's calls of it are not inlined here
	"github.com/reeftools/reef/internal/slab"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis/internal/conntab"
)

// Tracker follows TCP connections. It is a [pcapio.PacketWriter], not safe for concurrent use.
type Tracker struct {
	cfg     Config
	linger  [listClosed + 1]int64 // of connections that have ended; negative for none
	dst     ConnWriter
	samples SampleWriter
	table   *conntab.Table[live]
	bSides  slab.Slab[half] // what B sides sent
	rares   slab.Slab[rare]
	segs    slab.Slab[segment]
	stops   slab.Slab[laneStop]
	// ranges kept of a side that was never answered; tests raise it
	unanswered int
	lot        uint64 // of draw; no result depends on it
	steps      uint64 // ranges that were looked at, which tests bound
	hists      slab.Slab[fullHist]
	now        int64 // packet clock: never goes back
	sweep      int64 // when the table is next searched for what has timed out
	budget     budgetTurn
	stats      Stats
	err        error // sticky

	record Conn      // the connection being written
	given  Sample    // the sample being written
	ending uint32    // its slot
	slot   uint32    // of the connection of the last packet
	from   Direction // that of the packet
}

// live is a connection in the table. What A sent lies next to it; what B sent is made when B sends,
// since many never do.
type live struct {
	number      uint64
	first, last int64
	resetAt     int64  // of the last RST that may have ended it
	resetSeq    uint32 // its sequence number
	b           uint32 // number of what B sent in Tracker.answers, 0 for none
	fromA       bool   // A sent something, so that a counts
	high        bool   // A is the higher endpoint of the key
	method      DirectionMethod
	reset       bool
	challenged  bool // its receiver may have challenged the RST
	resetByB    bool
	sequenced   bool    // the RST has a sequence number of its sender: it does not answer a SYN
	opened      bool    // something but SYN and RST was seen
	_           [8]byte // a begins a cache line, with the table's part before
	a           half
}

// Lists of the table, with a timeout each.
const (
	listReset = iota
	listClosed
	listHalfOpen
	listOpen
)

// half is a side of a live connection: what will be reported, and what the next packet needs. The
// first 64 bytes have all that a packet of the other side usually asks for, and the size is a
// multiple of 64, so that fields stay on their cache lines.
type half struct {
	next        int64  // highest sequence number sent, plus 1
	una         int64  // lowest not acknowledged
	lastACKTime int64  // of the ACKs that this side sent
	lastWindow  uint32 // no larger than maxWindow
	sackedAny   bool   // something above una was selectively acknowledged
	unacked     list   // segments from una to next, see send
	highACK     uint32 // highest ACK number that this side sent
	dupRun      uint32 // duplicate ACKs for una
	valid       bool   // next, una and low are set
	acked       bool   // una comes from an ACK
	answered    bool   // the other side has sent something
	sentACK     bool
	dataAcked   bool
	closing     bool // it sent a FIN
	recovering  bool // recover is set
	scaling     bool // its windows are scaled

	recent recent
	Traffic
	RTT     Times
	low     int64  // first sequence number seen
	movedAt int64  // when una last moved, or something below it was last sent again
	rare    uint32 // number in Tracker.rares, 0 for none

	recentNext uint8
	twoSYNs    bool // a SYN, and then a SYN+ACK: a simultaneous open
	lateFIN    bool // the FIN stands behind a later fragment
	plainSYN   bool // it sent a SYN without ACK
}

// rare is what few sides have.
type rare struct {
	Anomalies
	holes    list   // gaps below una
	sacked   list   // what was selectively acknowledged above una
	sackHigh int64  // highest of it ever
	recover  int64  // next when loss recovery began (RFC 6582), 0 outside
	repeats  uint64 // segments with payload that was seen before
	resent   resent
}

// NewTracker returns a Tracker that gives connections to dst as they end and round-trip times to
// samples as they are measured; either may be nil if it is not wanted. Their errors are returned by
// the call that led to them, and are sticky.
func NewTracker(cfg Config, dst ConnWriter, samples SampleWriter) (*Tracker, error) {
	t := &Tracker{}
	if err := t.init(cfg, dst, samples); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Tracker) init(cfg Config, dst ConnWriter, samples SampleWriter) error {
	if err := cfg.Validate(); err != nil {
		return err
	}
	*t = Tracker{dst: dst, samples: samples, table: conntab.New[live](), unanswered: 64, lot: rand.Uint64()}
	t.linger[listReset], t.linger[listClosed] = int64(cfg.Linger), int64(cfg.Linger)
	if cfg.Linger == 0 {
		t.linger[listReset], t.linger[listClosed] = int64(DefaultLinger), int64(DefaultTimeWait)
	}
	t.cfg = cfg.withDefaults()
	return nil
}

// Stats returns the counts so far.
func (t *Tracker) Stats() Stats { return t.stats }

// WritePacket puts p on its connection. Packets that are neither TCP segments nor later fragments
// of one that was seen are counted in Stats.Skipped.
func (t *Tracker) WritePacket(p *pcapio.Packet) error {
	t.stats.Packets++
	if t.segs.Live() > t.cfg.MaxAllRanges {
		t.makeRoom()
	}
	if p.Layers&pcapio.LayerTCP == 0 || p.Status != pcapio.StatusOK {
		if p.TCPInherited && t.fragment(p) {
			t.stats.Used++
			return t.err
		}
		t.stats.Skipped[p.Status]++
		return t.err
	}
	t.stats.Used++
	t.Advance(p.Time)
	var key conntab.Key
	down := key.Set(p)
	slot := t.table.Find(&key)
	var e *conntab.Entry[live]
	if slot != 0 {
		if e = t.table.At(slot); t.expired(e) {
			t.end(slot, t.silent(e))
			slot = 0
		} else if p.TCP.Flags&pcapio.SYN != 0 || e.State.b == 0 {
			slot = t.open(slot, down, p)
		}
	}
	if slot == 0 {
		slot = t.begin(&key, down, p)
		e = t.table.At(slot)
	}
	c := &e.State
	from := c.sideOf(down)
	h, peer := t.side(c, from), t.half(c, 1-from)
	if peer != nil {
		peer.answered, h.answered = true, true
	}
	c.first, c.last = min(c.first, p.Time), max(c.last, p.Time)
	c.opened = c.opened || p.TCP.Flags&(pcapio.SYN|pcapio.RST) == 0
	resets := t.packet(&step{conn: c, packet: p, side: from, sender: h, receiver: peer})

	on := int(e.List)
	switch {
	case resets:
		on = listReset
	case c.reset && on == listReset:
	case h.finished() && peer.finished():
		on = listClosed
	case c.opened:
		on = listOpen
	default:
		on = listHalfOpen
	}
	t.table.Touch(slot, on, t.now)
	t.slot, t.from = slot, Direction(from)
	return t.err
}

// sideOf returns which side sends packets that travel down or up the key: 0 for A, 1 for B.
func (c *live) sideOf(down bool) int {
	if down != c.high {
		return 1
	}
	return 0
}

// half returns what a side has sent, or nil if that is nothing.
func (t *Tracker) half(c *live, side int) *half {
	switch {
	case side == 0 && c.fromA:
		return &c.a
	case side == 1 && c.b != 0:
		return t.bSides.At(c.b)
	}
	return nil
}

// side returns what a side sends from now on.
func (t *Tracker) side(c *live, side int) *half {
	if side == 0 {
		c.fromA = true
	} else if c.b == 0 {
		c.b = t.bSides.New()
	}
	return t.half(c, side)
}

// rare returns where h keeps what is out of the ordinary.
func (t *Tracker) rare(h *half) *rare {
	if h.rare == 0 {
		h.rare = t.rares.New()
	}
	return t.rares.At(h.rare)
}

// finished tells whether the side sent a FIN that was acknowledged.
func (h *half) finished() bool { return h != nil && h.closing && h.acked && h.una > h.fin }

// begin enters a connection for p, which travels down or up the key.
func (t *Tracker) begin(key *conntab.Key, down bool, p *pcapio.Packet) uint32 {
	if t.table.Len() >= t.cfg.MaxConns {
		for l := range conntab.Lists {
			if oldest := t.table.Oldest(l); oldest != 0 {
				e := t.table.At(oldest)
				reason := LackOfResources
				// it was over, and is only given up a little early
				if l == listReset || l == listClosed {
					reason = t.silent(e)
				}
				t.end(oldest, reason)
				break
			}
		}
	}
	on := listOpen
	if p.TCP.Flags&(pcapio.SYN|pcapio.RST) != 0 {
		on = listHalfOpen
	}
	slot := t.table.Insert(key, on, t.now)
	t.stats.Conns++
	c := &t.table.At(slot).State
	c.number, c.first, c.last, c.high = t.stats.Conns, p.Time, p.Time, down // the rest is zero
	switch p.TCP.Flags & (pcapio.SYN | pcapio.ACK | pcapio.RST) {
	case pcapio.SYN:
		c.method = SentSYN
	case pcapio.SYN | pcapio.ACK:
		c.method, c.high = GotSYNACK, !down
	}
	t.stats.Live++
	t.stats.MaxLive = max(t.stats.MaxLive, t.stats.Live)
	return slot
}

// Advance moves the packet clock to now, ns since 1970, and ends what has timed out by then. Time
// going back has no effect. WritePacket calls it; a caller needs it only where time passes without
// packets.
func (t *Tracker) Advance(now int64) error {
	if now <= t.now {
		return t.err
	}
	t.now = now
	if now < t.sweep {
		return t.err
	}
	t.sweep = now + 250e6
	for l := range conntab.Lists {
		for slot := t.table.Oldest(l); slot != 0; slot = t.table.Oldest(l) {
			e := t.table.At(slot)
			if !t.expired(e) {
				break
			}
			t.end(slot, t.silent(e))
		}
	}
	return t.err
}

// expired tells whether a connection has been silent for too long.
func (t *Tracker) expired(e *conntab.Entry[live]) bool {
	silence := t.now - e.Seen
	switch e.List {
	case listReset, listClosed:
		linger := t.linger[e.List]
		return linger < 0 || silence > linger
	case listHalfOpen:
		return t.cfg.HalfOpen >= 0 && silence > int64(t.cfg.HalfOpen)
	}
	return t.cfg.Idle >= 0 && silence > int64(t.cfg.Idle)
}

// silent returns the reason with which a connection ends that is silent.
func (t *Tracker) silent(e *conntab.Entry[live]) EndReason {
	switch {
	case e.State.reset:
		return WasReset
	case e.List == listHalfOpen:
		return HalfOpenTimeout
	case e.List == listOpen:
		return IdleTimeout
	}
	return Closed
}

// end writes the record of a connection and forgets it.
func (t *Tracker) end(slot uint32, reason EndReason) {
	e := t.table.At(slot)
	c, r := &e.State, &t.record
	r.Number, r.First, r.Last, r.Version = c.number, c.first, c.last, e.Key.Version()
	r.Reason, r.Direction, r.Reset = reason, c.method, c.reset
	r.AAddr, r.APort = e.Key.Lo()
	r.BAddr, r.BPort = e.Key.Hi()
	if c.high {
		r.AAddr, r.APort, r.BAddr, r.BPort = r.BAddr, r.BPort, r.AAddr, r.APort
	}
	for i, out := range [2]*Half{&r.A2B, &r.B2A} {
		if h := t.half(c, i); h == nil {
			*out = Half{}
		} else {
			t.clear(&h.unacked)
			out.Traffic, out.RTT, out.Anomalies = h.Traffic, RTT{Times: h.RTT}, Anomalies{}
			out.OutstandingN = h.DataPackets
			if h.rare != 0 {
				o := t.rares.At(h.rare)
				out.Anomalies = o.Anomalies
				out.OutstandingN -= o.repeats
				t.clear(&o.holes)
				t.clear(&o.sacked)
				t.rares.Free(h.rare)
			}
			if full := out.RTT.hist.full; full != 0 && full != noHist {
				out.RTT.bins = t.hists.At(full)
				t.hists.Free(full) // reused after WriteConn at the earliest
			}
		}
	}
	if c.b != 0 {
		t.bSides.Free(c.b)
	}
	t.table.Remove(slot)
	t.stats.Live--
	t.stats.Ended[reason]++
	if t.dst != nil && t.err == nil {
		t.ending = slot
		t.err = t.dst.WriteConn(r)
	}
}

// Flush ends all live connections in order of their number, and then flushes what it writes to
// where that has a Flush, also after an error. A second Flush changes nothing and returns the same.
// The Tracker can be used again.
func (t *Tracker) Flush() error {
	for _, slot := range t.table.Sorted(func(c *live) uint64 { return c.number }) {
		e := t.table.At(slot)
		reason := EndOfCapture
		if e.List == listClosed || e.State.reset {
			reason = t.silent(e)
		}
		t.end(slot, reason)
	}
	return cascade.Flush(cascade.Flush(t.err, t.dst), t.samples)
}
