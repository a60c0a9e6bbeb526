package pcapio

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/reeftools/reef/internal/cascade"
)

// PacketReader reads decoded packets one after the other, with the contract of [RecordReader].
type PacketReader interface {
	ReadPacket(p *Packet) error
}

// PacketWriter takes decoded packets one after the other: every analysis is one.
// WritePacket must neither keep nor change p or p.Data.
type PacketWriter interface {
	WritePacket(p *Packet) error
}

// PacketReaderFunc makes a [PacketReader] of a function.
type PacketReaderFunc func(p *Packet) error

// ReadPacket calls f.
func (f PacketReaderFunc) ReadPacket(p *Packet) error { return f(p) }

// PacketWriterFunc makes a [PacketWriter] of a function.
type PacketWriterFunc func(p *Packet) error

// WritePacket calls f.
func (f PacketWriterFunc) WritePacket(p *Packet) error { return f(p) }

// Copy gives each packet of src to dst until src ends or one of them fails. It returns the number
// of packets that dst took and the first error; the end of src is no error.
//
// A damaged file gives its good packets to dst before Copy returns the error, so finish dst (Flush,
// Close) in either case, as [Run] does. A [PacketBatchReader], as a [Decoder] is, is read in
// batches: when dst fails, some packets that it did not take may have been read.
func Copy(dst PacketWriter, src PacketReader) (int64, error) {
	if dst == nil || src == nil {
		return 0, fmt.Errorf("%w: Copy without a source or destination", ErrConfig)
	}
	read := func(ps []Packet) (int, error) { return readOne(ps, src.ReadPacket) }
	if b, ok := src.(PacketBatchReader); ok {
		read = b.ReadPackets
	}
	return copyBatches(make([]Packet, packetBatch), read, dst.WritePacket)
}

// All returns an iterator over the packets of src. Each turn of the loop reuses the same packet:
// Clone it to keep it. An error other than io.EOF comes last, with a nil packet.
func All(src PacketReader) iter.Seq2[*Packet, error] {
	return func(yield func(*Packet, error) bool) {
		var p Packet
		for {
			if err := src.ReadPacket(&p); err != nil {
				if !errors.Is(err, io.EOF) {
					yield(nil, err)
				}
				return
			}
			if !yield(&p, nil) {
				return
			}
		}
	}
}

// MultiWriter returns a PacketWriter that gives each packet to all of dst in order, stopping at the
// first error. Its Flush flushes those of dst that are a [Flusher], in order, also after an error.
func MultiWriter(dst ...PacketWriter) PacketWriter {
	for i, w := range dst {
		if w == nil {
			err := fmt.Errorf("%w: the packet writer with index %d is nil", ErrConfig, i)
			return PacketWriterFunc(func(*Packet) error { return err })
		}
	}
	if len(dst) == 1 {
		return dst[0]
	}
	return multiWriter(slices.Clone(dst))
}

type multiWriter []PacketWriter

func (m multiWriter) WritePacket(p *Packet) error {
	for _, w := range m {
		if err := w.WritePacket(p); err != nil {
			return err
		}
	}
	return nil
}

func (m multiWriter) Flush() error {
	var err error
	for _, w := range m {
		err = cascade.Flush(err, w)
	}
	return err
}
