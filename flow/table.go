package flow

import (
	"iter"

	"github.com/reeftools/reef/pcapio"
)

// Table is a metering process (RFC 7011, 2): it sorts packets into flows and hands out a record when a flow ends.
// S is the caller's state per flow. A Table is a [pcapio.PacketWriter]. It is not safe for concurrent use.
type Table[S any] struct {
	cfg Config
	add func(*S, *pcapio.Packet, Direction)
	end func(*Record, *S) error
}

// Stats are the counts of a Table: Packets = Counted + the sum of Skipped, and Flows = Live + the sum of Ended.
type Stats struct {
	Packets    uint64              // given to WritePacket
	Counted    uint64              // put on a flow
	Skipped    pcapio.StatusCounts // not put on a flow, by reason: those without an IP header
	OutOfOrder uint64              // of Counted: earlier than a packet before them
	Flows      uint64              // records begun
	Live       uint64              // records not ended
	MaxLive    uint64              // most live at any time
	Ended      [6]uint64           // records ended, by EndReason
	Late       uint64              // records given out after one that started later (see Config.Hold)
}

// NewTable returns an empty table. add is called for each packet on its flow's state, which is zero at the flow's first packet;
// it may be nil. end is called once for each record, in order of start and key (see Config.Hold); neither pointer may be kept.
// The error of end is returned by the call of Table that led to it, and is sticky.
func NewTable[S any](cfg Config, add func(*S, *pcapio.Packet, Direction), end func(*Record, *S) error) (*Table[S], error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Table[S]{cfg: cfg.withDefaults(), add: add, end: end}, nil
}

// WritePacket puts p on its flow. Packets without an IP header are counted in Stats.Skipped.
func (t *Table[S]) WritePacket(p *pcapio.Packet) error { panic("draft") }

// EndFlow, called from within add, ends the flow of the packet being added with EndOfFlow once add has returned.
func (t *Table[S]) EndFlow() { panic("draft") }

// Advance moves the packet clock to now, ns since 1970, and ends what has timed out by then. Time going back has no effect.
// WritePacket calls it; a caller needs it only where time passes without packets (a live source, another shard).
func (t *Table[S]) Advance(now int64) error { panic("draft") }

// Flush ends all live flows with ForcedEnd and hands out their records. The table can be used again.
func (t *Table[S]) Flush() error { panic("draft") }

// Stats returns the counts so far.
func (t *Table[S]) Stats() Stats { panic("draft") }

// Live returns an iterator over the live flows in order of start and key. The table must not be used while it runs.
func (t *Table[S]) Live() iter.Seq2[*Record, *S] { panic("draft") }
