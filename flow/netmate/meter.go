package netmate

import (
	"fmt"
	"time"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/internal/cascade"
	"github.com/reeftools/reef/pcapio"
)

// Meter sorts packets into flows and gives out a [Row] for each flow when it has ended. It is a
// [pcapio.PacketWriter]. Call Flush after the last packet. It is not safe for concurrent use.
//
// Modern rows come in order of start and key (see [flow.Config].Hold), classic ones as the flows
// end.
type Meter struct {
	cfg     Config
	w       RowWriter
	table   *flow.Table[Features] // modern
	classic *classicTable         // classic
	row     Row
	stats   Stats // without Table
}

// New returns a Meter that writes its rows to w.
func New(cfg Config, w RowWriter) (*Meter, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if w == nil {
		return nil, fmt.Errorf("%w: no writer to take the rows", ErrConfig)
	}
	cfg = cfg.withDefaults()
	m := &Meter{cfg: cfg, w: w}
	if cfg.Semantics == Classic {
		m.classic = newClassicTable(&cfg, m.endClassic)
		return m, nil
	}
	add := func(f *Features, p *pcapio.Packet, dir flow.Direction) { f.Add(p, dir, cfg.IdleThreshold) }
	var err error
	m.table, err = flow.NewTable(cfg.Flow, add, m.end)
	return m, err
}

// WritePacket puts p on its flow. The errors of the RowWriter are returned by the call that led to
// them and by all later ones.
func (m *Meter) WritePacket(p *pcapio.Packet) error {
	switch {
	case m.classic != nil:
		return m.classic.writePacket(&p.Record)
	case m.table == nil:
		return errZero
	}
	return m.table.WritePacket(p)
}

// Flush ends all live flows and writes their rows; then it flushes the RowWriter if that has a
// Flush.
func (m *Meter) Flush() error {
	switch {
	case m.classic != nil:
		return cascade.Flush(m.classic.flush(), m.w)
	case m.table == nil:
		return errZero
	}
	return cascade.Flush(m.table.Flush(), m.w)
}

// end writes the row of a modern flow.
func (m *Meter) end(rec *flow.Record, f *Features) error {
	if uint64(rec.End)-uint64(rec.Start) < uint64(m.cfg.MinDuration) {
		m.stats.TooShort++
		return nil
	}
	f.Row(rec, &m.row)
	return m.writeRow()
}

// endClassic writes the row of a classic flow if NetMate would.
func (m *Meter) endClassic(f *classicFlow, reason flow.EndReason) error {
	switch {
	case !f.valid:
		m.stats.NotValid++
		return nil
	case f.last()-f.first < uint64(m.cfg.MinDuration/time.Microsecond):
		m.stats.TooShort++
		return nil
	}
	f.row(reason, &m.row)
	return m.writeRow()
}

func (m *Meter) writeRow() error {
	if err := m.w.WriteRow(&m.row); err != nil {
		return err
	}
	m.stats.Rows++
	return nil
}
