// Package packets counts the pairs of addresses between which packets travel:
// it hands the source and the destination of each packet to a counter of
// package pairhash, which itself knows nothing of packets.
package packets

import (
	"errors"
	"fmt"

	"github.com/reeftools/reef/internal/cascade"
	"github.com/reeftools/reef/pairhash"
	"github.com/reeftools/reef/pcapio"
)

// ErrConfig means that a configuration is impossible. Test for it with [errors.Is].
var ErrConfig = errors.New("packets: bad configuration")

// Config says what is counted. The zero value counts packets.
type Config struct {
	// Bytes counts the bytes of the IP datagrams instead.
	Bytes bool
}

// batchLen is how many pairs are counted together.
const batchLen = 256

// Writer is a [pcapio.PacketWriter] that gives the pair of each IP packet to a counter, many at a
// time: call Flush before the counter is read, or use [pcapio.Run]. It is for one goroutine at a
// time.
type Writer struct {
	bytes   bool
	dst     pairhash.PairWriter
	batch   [batchLen]pairhash.PairCount
	waiting int
	err     error // of dst; sticky
	stats   Stats
}

// Stats counts what became of packets: each is in exactly one of the two.
type Stats struct {
	Used  uint64 // counted, those that wait for Flush included
	NotIP uint64 // not counted: they have no addresses
}

// Merge adds the counts of o.
func (s *Stats) Merge(o *Stats) {
	s.Used += o.Used
	s.NotIP += o.NotIP
}

// Account returns how many packets came in, how many of them were counted, and why the others were
// not.
func (s *Stats) Account() (in, used uint64, left []pcapio.Reason) {
	return s.Used + s.NotIP, s.Used, []pcapio.Reason{{Name: "not IP", Packets: s.NotIP}}
}

// NewWriter returns a Writer of pairs to dst. The error is an [ErrConfig].
func NewWriter(cfg Config, dst pairhash.PairWriter) (*Writer, error) {
	if dst == nil {
		return nil, fmt.Errorf("%w: no counter to take the pairs", ErrConfig)
	}
	return &Writer{bytes: cfg.Bytes, dst: dst}, nil
}

// WritePacket counts p. Its error is that of the counter, then and at all later calls.
func (w *Writer) WritePacket(p *pcapio.Packet) error {
	switch {
	case w.dst == nil:
		return fmt.Errorf("%w: the zero value takes no packets, use NewWriter", ErrConfig)
	case w.err != nil:
		return w.err
	case !p.IsIP():
		w.stats.NotIP++
		return nil
	}
	w.stats.Used++
	c := &w.batch[w.waiting]
	c.A, c.B, c.N = pairhash.AddrFrom16(p.Src), pairhash.AddrFrom16(p.Dst), 1
	if w.bytes {
		c.N = uint64(max(p.IPLen, 0))
	}
	if w.waiting++; w.waiting == batchLen {
		w.give()
	}
	return w.err
}

// give hands the batch on.
func (w *Writer) give() {
	w.err = w.dst.WritePairs(w.batch[:w.waiting])
	w.waiting = 0
}

// Flush counts what waits, and flushes the counter if that is a [pcapio.Flusher].
func (w *Writer) Flush() error {
	if w.err == nil && w.waiting > 0 {
		w.give()
	}
	return cascade.Flush(w.err, w.dst)
}

// Stats returns what was counted so far.
func (w *Writer) Stats() Stats { return w.stats }
