package pcapio

import "github.com/reeftools/reef/internal/cascade"

// Flusher ends an analysis or a writer. Flush gives out what the stage still holds, then flushes
// its destination if that is a Flusher too, also after an error. It returns its own first error
// joined with the destination's. A second Flush changes nothing and returns the same.
type Flusher interface {
	Flush() error
}

// Run gives each packet of src to all of dst in order, as [Copy] to a [MultiWriter], and then
// flushes each of dst that is a [Flusher], in the same order. It returns the number of packets that
// all of dst took.
//
// All of dst are flushed even if src or one of dst fails, so that the good part of a damaged file
// is used. The error joins those of the copy and of the flushes, each one once.
func Run(src PacketReader, dst ...PacketWriter) (int64, error) {
	w := MultiWriter(dst...)
	n, err := Copy(w, src)
	return n, cascade.Flush(err, w)
}
