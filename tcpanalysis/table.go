package tcpanalysis

import (
	"fmt"

	"github.com/reeftools/reef/pcapio"
)

// Direction says which side sent a packet.
type Direction uint8

// Directions.
const (
	FromA Direction = iota
	FromB
)

// String returns "a2b" or "b2a".
func (d Direction) String() string {
	if d == FromA {
		return "a2b"
	}
	return "b2a"
}

// Table is a [Tracker] that keeps a value of type S for each connection: what your program wants to
// know of it, next to what Conn says. The value is zero when the connection begins, and lives
// exactly as long, late packets after its close included.
//
// A Table is a [pcapio.PacketWriter], not safe for concurrent use.
type Table[S any] struct {
	tracker Tracker
	add     func(*S, *pcapio.Packet, Direction)
	end     func(*Conn, *S) error
	states  [][]S // by slot of the connection, in blocks that do not move
}

const stateBlock = 256

// NewTable returns a Table. It calls add, which may be nil, with each packet of a connection after
// that was counted: all that Stats.Used counts, duplicates and later fragments included. It must
// neither keep nor change the packet. The direction is as known then: a SYN that was stored late
// may turn it. It calls end, once, when the connection ends; neither argument may be kept.
func NewTable[S any](cfg Config, add func(*S, *pcapio.Packet, Direction), end func(*Conn, *S) error) (*Table[S], error) {
	if end == nil {
		return nil, fmt.Errorf("%w: no function to take the connections", ErrConfig)
	}
	t := &Table[S]{add: add, end: end}
	if err := t.tracker.init(cfg, ConnWriterFunc(t.ended), nil); err != nil {
		return nil, err
	}
	return t, nil
}

// WritePacket puts p on its connection, as [Tracker.WritePacket] does.
func (t *Table[S]) WritePacket(p *pcapio.Packet) error {
	used := t.tracker.stats.Used
	if err := t.tracker.WritePacket(p); err != nil {
		return err
	}
	if t.add == nil || t.tracker.stats.Used == used {
		return nil
	}
	t.add(t.state(t.tracker.slot), p, t.tracker.from)
	return nil
}

// state returns the value of the connection in a slot.
func (t *Table[S]) state(slot uint32) *S {
	for int(slot/stateBlock) >= len(t.states) {
		t.states = append(t.states, make([]S, stateBlock))
	}
	return &t.states[slot/stateBlock][slot%stateBlock]
}

// ended gives out a connection, whose slot may be used again after that.
func (t *Table[S]) ended(c *Conn) error {
	s := t.state(t.tracker.ending)
	err := t.end(c, s)
	var zero S
	*s = zero
	return err
}

// Advance is [Tracker.Advance].
func (t *Table[S]) Advance(now int64) error { return t.tracker.Advance(now) }

// Flush is [Tracker.Flush].
func (t *Table[S]) Flush() error { return t.tracker.Flush() }

// Stats returns the counts so far.
func (t *Table[S]) Stats() Stats { return t.tracker.Stats() }
