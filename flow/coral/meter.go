package coral

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/internal/cascade"
	"github.com/reeftools/reef/internal/sat"
	"github.com/reeftools/reef/pcapio"
)

// Meter sorts packets into flows and reports them by interval. It is a [pcapio.PacketWriter]; Flush
// ends the last interval. It is not safe for concurrent use.
type Meter struct {
	cfg   Config
	dst   output
	table metering
	// what may have rows in the active table; nil without intervals
	live func() iter.Seq2[*flow.Record, *delta]

	open     bool
	reported bool // the flows that end now have had their rows
	iv       Interval
	end      int64 // of iv; MaxInt64 where it has none
	empty    int64 // intervals without packets that may still be reported
	clock    int64 // latest time seen
	row      Row   // given out, so that none is allocated
	held     []Row // rows of the expired table that wait to be sorted
	stats    Stats
	err      error         // the first, sticky
	notIP    pcapio.Packet // stands for an IPv6 packet in classic semantics
}

// metering is a [flow.Table]. Without intervals its flows have no state of ours.
type metering interface {
	pcapio.PacketWriter
	Advance(now int64) error
	Flush() error
	Stats() flow.Stats
}

// delta counts what a flow has in one interval, which its number names.
type delta struct {
	interval       int64
	packets, bytes uint64
	first, latest  int64
}

// New returns a meter that gives its rows to w, and its intervals if that is an [IntervalWriter].
func New(cfg Config, w RowWriter) (*Meter, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if w == nil {
		return nil, fmt.Errorf("%w: no writer to take the rows", ErrConfig)
	}
	if cfg.MaxEmpty == 0 {
		cfg.MaxEmpty = DefaultMaxEmpty
	}
	if cfg.Hold == 0 && cfg.Interval > 0 {
		cfg.Hold = DefaultHold
	}
	m := &Meter{cfg: cfg, dst: outputTo(w), empty: max(firstEmpty, int64(cfg.MaxEmpty)), notIP: pcapio.Packet{Status: pcapio.StatusNonIP}}
	var err error
	if cfg.Interval == 0 {
		m.table, err = flow.NewTable(cfg.table(), nil, func(rec *flow.Record, _ *struct{}) error { return m.ended(rec, nil) })
		return m, err
	}
	var add func(*delta, *pcapio.Packet, flow.Direction)
	if m.partial() {
		add = m.add
	}
	t, err := flow.NewTable(cfg.table(), add, m.ended)
	if err != nil {
		return nil, err
	}
	m.table, m.live = t, t.Live
	if m.partial() {
		m.live = t.Touched
	}
	return m, nil
}

// partial tells whether a row may count less than its flow has.
func (m *Meter) partial() bool { return m.cfg.Interval > 0 && m.cfg.Counters == IntervalCounters }

// WritePacket counts p on its flow, after ending the intervals that end before it.
func (m *Meter) WritePacket(p *pcapio.Packet) error {
	if m.table == nil {
		return errZero
	}
	if m.err != nil {
		return m.err
	}
	if m.cfg.Semantics == Classic && p.IPVersion == 6 {
		m.notIP.Time = p.Time
		p = &m.notIP
	}
	if !m.open || p.Time >= m.end {
		if m.err = m.advance(p.Time); m.err != nil {
			return m.err
		}
	}
	m.clock = max(m.clock, p.Time)
	if p.Time < m.iv.Start {
		m.iv.Late++
		m.stats.Late++
	}
	if p.Status.HasIP() {
		m.iv.Packets++
		m.iv.Bytes += uint64(p.IPLen)
	} else {
		m.iv.NonIP++
	}
	m.err = m.table.WritePacket(p)
	return m.err
}

// Advance moves the packet clock to now, ns since 1970, ending flows and intervals as a packet of
// that time would. It is for live sources and for keeping the intervals of several meters together.
func (m *Meter) Advance(now int64) error {
	if m.err != nil {
		return m.err
	}
	if m.err = m.advance(now); m.err == nil {
		m.clock = max(m.clock, now)
		m.err = m.table.Advance(now)
	}
	return m.err
}

// Flush ends all flows and the last interval, and flushes what takes the rows if that has a Flush.
// Packets after it begin a new interval.
func (m *Meter) Flush() error {
	if m.table == nil {
		return errZero
	}
	return cascade.Flush(m.endAll(), m.dst.RowWriter)
}

func (m *Meter) endAll() error {
	if m.err != nil || !m.open {
		return m.err
	}
	m.err = m.close(max(m.clock, m.iv.Start), true)
	m.open = false
	return m.err
}

// advance opens the interval that holds now and closes those before it.
func (m *Meter) advance(now int64) error {
	length := int64(m.cfg.Interval)
	if !m.open {
		start := now
		if m.cfg.Align {
			start = sat.Floor(now, length)
		}
		m.clock = now
		return m.begin(start)
	}
	if now < m.end || m.end == math.MaxInt64 {
		return nil
	}
	// Unsigned, since the two may lie more than an int64 apart.
	empty := (uint64(now) - uint64(m.end)) / uint64(length)
	m.empty += emptyPerPacket * int64(m.iv.Packets+m.iv.NonIP)
	jump := empty > uint64(max(min(int64(m.cfg.MaxEmpty), m.empty), 0))
	if !jump {
		m.empty -= int64(empty)
	}
	for now >= m.end && m.end != math.MaxInt64 {
		start := m.end
		if err := m.close(m.end, false); err != nil {
			return err
		}
		if jump {
			jump = false
			m.stats.EmptySkipped += empty
			start += int64(empty * uint64(length))
		}
		if err := m.begin(start); err != nil {
			return err
		}
	}
	return nil
}

func (m *Meter) begin(start int64) error {
	m.stats.Intervals++
	m.iv = Interval{Number: int64(m.stats.Intervals), Start: start}
	m.end = math.MaxInt64
	if length := int64(m.cfg.Interval); length > 0 && start <= math.MaxInt64-length {
		m.end = start + length
	}
	m.open = true
	return m.dst.begin(&m.iv)
}

// close reports what is left of the interval, which ends at end; the final one takes all flows with
// it.
func (m *Meter) close(end int64, final bool) error {
	now := end
	if final {
		now = m.clock
	}
	if err := m.table.Advance(now); err != nil {
		return err
	}
	if err := m.release(); err != nil {
		return err
	}
	if final || m.partial() || m.cfg.Active {
		if err := m.writeActive(final); err != nil {
			return err
		}
	}
	m.iv.End = end
	return m.dst.end(&m.iv)
}

// writeActive reports the flows that are alive; when final it ends them as well.
func (m *Meter) writeActive(final bool) error {
	if m.cfg.Interval > 0 {
		for rec, d := range m.live() {
			if !m.fill(rec, d, Active) {
				continue
			}
			if final {
				m.row.Reason = flow.ForcedEnd
			}
			if err := m.write(&m.row); err != nil {
				return err
			}
		}
	}
	if !final {
		return nil
	}
	m.reported = m.cfg.Interval > 0
	err := m.table.Flush()
	m.reported = false
	return err
}

// add counts p in the flow's current interval.
func (m *Meter) add(d *delta, p *pcapio.Packet, _ flow.Direction) {
	if d.interval != m.iv.Number {
		*d = delta{interval: m.iv.Number, first: p.Time, latest: p.Time}
	}
	d.packets++
	d.bytes += uint64(p.IPLen)
	d.first = min(d.first, p.Time)
	d.latest = max(d.latest, p.Time)
}

// ended takes a flow that the table has ended.
func (m *Meter) ended(rec *flow.Record, d *delta) error {
	if m.reported || !m.fill(rec, d, Expired) {
		return nil
	}
	if m.cfg.Interval == 0 || m.cfg.Hold < 0 {
		return m.write(&m.row)
	}
	m.held = append(m.held, m.row)
	if len(m.held) >= m.cfg.Hold {
		return m.release()
	}
	return nil
}

// fill sets m.row to the row of a flow in the current interval. It returns false if the flow has no
// packets there.
func (m *Meter) fill(rec *flow.Record, d *delta, table Table) bool {
	total := Counter{Packets: rec.Fwd.Packets, Bytes: rec.Fwd.Bytes, Flows: 1, First: rec.Start, Latest: rec.End}
	// Field by field: a Row literal would be built on the stack and copied.
	m.row.Key, m.row.Counter, m.row.Table, m.row.Total, m.row.Reason = rec.Key, total, table, total, rec.Reason
	if m.partial() {
		if d.interval != m.iv.Number {
			return false
		}
		m.row.Counter = Counter{Packets: d.packets, Bytes: d.bytes, Flows: 1, First: d.first, Latest: d.latest}
	}
	return true
}

// release writes the rows that were held, in order of the flow's start and key.
func (m *Meter) release() error {
	slices.SortStableFunc(m.held, func(a, b Row) int {
		if c := cmp.Compare(a.Total.First, b.Total.First); c != 0 {
			return c
		}
		return a.Key.Compare(&b.Key)
	})
	for i := range m.held {
		if err := m.write(&m.held[i]); err != nil {
			return err
		}
	}
	m.held = m.held[:0]
	return nil
}

func (m *Meter) write(r *Row) error {
	m.stats.Rows++
	return m.dst.WriteRow(r)
}
