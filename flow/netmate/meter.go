package netmate

import (
	"fmt"
	"time"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/pcapio"
)

// Semantics says whose numbers the rows have.
type Semantics uint8

const (
	// Modern corrects NetMate; the package documentation says how.
	Modern Semantics = iota
	// Classic reproduces the rows of netmate-flowcalc with its rule file for all IPv4 TCP and UDP
	// traffic, which are, to the digit:
	//
	//   - Times are truncated to microseconds. Frames are Ethernet with at most one 802.1Q tag, raw
	//     IP or RFC 1483 ATM; all else, IPv6 included, is passed over. Headers are read without
	//     regard for what was captured; bytes that were not count as zero.
	//   - A frame of more than 65536 bytes on the wire is passed over, and one of 0 bytes is taken
	//     for the end of the capture.
	//   - Fragments are not recognised: the first four bytes of a later fragment's data are its
	//     ports.
	//   - The first packet's direction is forward. A packet older than the newest of its flow is
	//     left out of everything.
	//   - Flows idle for 600 s are looked for once in a second of trace time, in whole seconds, so
	//     they end after 601 s to 602 s.
	//   - A TCP flow ends with the packet that closes both sides, whether by FIN and any ACK or by
	//     RST. Packets that follow begin a new flow of the same key, into which the next connection
	//     of the same ports falls.
	//   - TCP flows are written only if a handshake was seen and data after it in a flow with
	//     packets both ways; UDP flows only with a datagram that has data. Stats.NotValid counts
	//     the others.
	//   - A minimum of 0 is taken for unset, so it is overwritten by the next larger sample. Totals
	//     are 32 bits, squares of lengths 32 bits, minimum and maximum of IATs 32 bits of
	//     microseconds. Means and deviations are computed in float64 from sums and truncated.
	//     Lengths without a packet are -1, times without a sample 0.
	//   - UDP's 8 header bytes are added only until the flow has had data.
	//
	// Where NetMate stops, losing all flows, Classic goes on: on a packet older than its flow's
	// first, on an IP length of 0, on a damaged capture.
	Classic
)

// String returns "modern" or "classic".
func (s Semantics) String() string {
	if s == Classic {
		return "classic"
	}
	return "modern"
}

// Defaults of [Config], those of NetMate's rule file.
const (
	DefaultIdle          = 600 * time.Second
	DefaultIdleThreshold = time.Second
	DefaultMaxFlows      = 1_400_000 // which take less than 1 GiB
)

// Config says how features are measured. The zero value is NetMate's usual set-up with modern
// semantics.
type Config struct {
	Semantics Semantics
	// Flow says what a flow is and when it ends. Its Idle of 0 means 600 s here, its MaxFlows of 0
	// means 1,400,000. Of it, classic semantics take only Idle, in whole seconds, and MaxFlows.
	Flow flow.Config
	// IdleThreshold is the longest silence inside an active period. 0 means 1 s.
	IdleThreshold time.Duration
	// MinDuration leaves out flows that are shorter; Stats.TooShort counts them.
	MinDuration time.Duration
}

// Validate reports contradictions; the error is a [flow.ErrConfig].
func (c *Config) Validate() error {
	switch {
	case c.Semantics > Classic:
		return fmt.Errorf("%w: unknown Semantics %d", flow.ErrConfig, c.Semantics)
	case c.IdleThreshold < 0:
		return fmt.Errorf("%w: IdleThreshold %v is negative", flow.ErrConfig, c.IdleThreshold)
	case c.MinDuration < 0:
		return fmt.Errorf("%w: MinDuration %v is negative", flow.ErrConfig, c.MinDuration)
	}
	if c.Semantics == Classic {
		f := &c.Flow
		if f.Uni || f.VLAN || f.Tunnel || f.Active > 0 || f.Linger != 0 || f.Hold != 0 || len(f.Perimeter) > 0 {
			return fmt.Errorf("%w: classic semantics take only Idle and MaxFlows of Flow", flow.ErrConfig)
		}
		if f.Idle > 0 && f.Idle%time.Second != 0 {
			return fmt.Errorf("%w: classic semantics need Idle %v in whole seconds", flow.ErrConfig, f.Idle)
		}
	}
	return c.Flow.Validate()
}

// withDefaults returns c with its zero values replaced.
func (c Config) withDefaults() Config {
	if c.Flow.Idle == 0 {
		c.Flow.Idle = DefaultIdle
	}
	if c.Flow.MaxFlows == 0 {
		c.Flow.MaxFlows = DefaultMaxFlows
	}
	if c.IdleThreshold == 0 {
		c.IdleThreshold = DefaultIdleThreshold
	}
	return c
}

// Stats are the counts of a [Meter]. The flows that have ended are Rows + NotValid + TooShort; all
// of them have after Flush.
//
// Modern semantics skip packets without a whole IP header. Classic ones skip, as
// [pcapio.StatusUnknownLink], link types that NetMate does not read, as StatusTruncatedLink and
// StatusTruncatedTransport frames that end before the IP or transport header, as StatusNonIP all
// that is not IPv4, as StatusUnknownTransport all that is neither TCP nor UDP, as StatusBadLink
// frames that are too long and as StatusUndecoded all that comes after a frame without length. They
// leave the packets of Table.OutOfOrder out of the features.
type Stats struct {
	Table    flow.Stats // packets and flows
	Rows     uint64     // given to the RowWriter without error
	NotValid uint64     // classic: flows that NetMate does not hold for a connection or an exchange
	TooShort uint64     // shorter than Config.MinDuration
}

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
func New(w RowWriter, cfg Config) (*Meter, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
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
	if m.classic != nil {
		return m.classic.writePacket(&p.Record)
	}
	return m.table.WritePacket(p)
}

// Flush ends all live flows and writes their rows.
func (m *Meter) Flush() error {
	if m.classic != nil {
		return m.classic.flush()
	}
	return m.table.Flush()
}

// Stats returns the counts so far.
func (m *Meter) Stats() Stats {
	s := m.stats
	if m.classic != nil {
		s.Table = m.classic.stats
	} else {
		s.Table = m.table.Stats()
	}
	return s
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
