package pcapio

import "github.com/reeftools/reef/internal/cascade"

// Flusher ends an analysis or a writer: Flush gives out what it still holds, then flushes what it
// writes to if that is a Flusher too, also after an error. It returns the first error of its own
// joined with that of what it writes to. A second Flush changes nothing and returns the same.
type Flusher interface {
	Flush() error
}

// Run gives each packet of src to all of dst in order, as [Copy] to a [MultiWriter], and then
// flushes each of dst that is a [Flusher], in the same order. It returns the number of packets that
// all of dst took.
//
// All of dst are flushed also if src or one of dst fails, so that a damaged file gives what it is
// good for. The error is that of the copy and those of the flushes, joined, but that none is said
// twice.
func Run(src PacketReader, dst ...PacketWriter) (int64, error) {
	w := MultiWriter(dst...)
	n, err := Copy(w, src)
	return n, cascade.Flush(err, w)
}
