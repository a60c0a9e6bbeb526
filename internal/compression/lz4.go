package compression

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
)

// lz4Frame is one frame of an lz4 file (LZ4 Frame Format, version 1.6): it ends by io.EOF behind
// the frame's last byte, and by io.ErrUnexpectedEOF where the file ends before. The lz4 package, by
// version, goes on with what follows a frame, be it padding, or takes the end of the file for the
// end of a frame.
type lz4Frame struct {
	br    *bufio.Reader
	rest  int64 // bytes until the next length that must be looked at
	flags byte  // FLG of the frame descriptor
	begun bool  // the descriptor was seen: blocks follow
	ended bool  // the end mark was seen
}

// First four bytes of frames.
const (
	lz4Magic     = 0x184d2204
	lz4Skippable = 0x184d2a50 // to 0x184d2a5f
)

// Bits of FLG.
const (
	lz4DictID          = 1 << 0
	lz4ContentChecksum = 1 << 2
	lz4ContentSize     = 1 << 3
	lz4BlockChecksum   = 1 << 4
)

func (f *lz4Frame) Read(p []byte) (int, error) {
	if f.rest == 0 {
		if f.ended {
			return 0, io.EOF
		}
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	n, err := f.br.Read(p[:min(int64(len(p)), f.rest)])
	if f.rest != math.MaxInt64 {
		f.rest -= int64(n)
		err = cutIfEOF(err)
	}
	return n, err
}

// next looks at the length of what follows: a descriptor, a block or the end mark. It takes no
// byte.
func (f *lz4Frame) next() error {
	head, err := f.br.Peek(4)
	if err != nil {
		return cutIfEOF(err)
	}
	word := binary.LittleEndian.Uint32(head)
	sum := func(flag byte, size int64) int64 {
		if f.flags&flag != 0 {
			return size
		}
		return 0
	}
	switch {
	case f.begun && word == 0:
		f.rest, f.ended = 4+sum(lz4ContentChecksum, 4), true
	case f.begun: // a block; the highest bit says that it is not compressed
		f.rest = 4 + int64(word&^(1<<31)) + sum(lz4BlockChecksum, 4)
	case word == lz4Magic:
		if head, err = f.br.Peek(5); err != nil {
			return cutIfEOF(err)
		}
		f.flags, f.begun = head[4], true
		f.rest = 4 + 3 + sum(lz4ContentSize, 8) + sum(lz4DictID, 4)
	case word&^0xf == lz4Skippable:
		if head, err = f.br.Peek(8); err != nil {
			return cutIfEOF(err)
		}
		f.rest = 8 + int64(binary.LittleEndian.Uint32(head[4:]))
	default: // a legacy frame, which ends with the file, or no frame at all
		f.rest = math.MaxInt64
	}
	return nil
}

func cutIfEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
