package pcapio

import (
	"errors"
	"io"
	"math"
)

// bufferSize is the size that a buffer starts with. It holds any record of the default MaxRecordLen
// whole.
const bufferSize = 512 << 10

// readSize is how many bytes one read asks for, unless a record needs more. The bytes that the
// kernel copies are then still in the cache when they are parsed, and memory that is not needed is
// not touched.
const readSize = 128 << 10

// buffer is the part of an uncompressed file that is in memory. Records are slices of it: nothing
// is copied but the tail that is moved to the front when the buffer is refilled.
type buffer struct {
	src  io.Reader
	buf  []byte
	pos  int   // next byte to parse
	end  int   // bytes of buf that are filled
	base int64 // offset of buf[0] in the file
	err  error // of src, once it failed or ended
}

// reset starts a new file in the same memory.
func (b *buffer) reset(src io.Reader) {
	*b = buffer{src: src, buf: b.buf}
	if b.buf == nil {
		b.buf = make([]byte, bufferSize)
	}
}

// offset is where the next byte to parse is in the file.
func (b *buffer) offset() int64 { return b.base + int64(b.pos) }

// bytes returns what is in memory and not parsed yet.
func (b *buffer) bytes() []byte { return b.buf[b.pos:b.end] }

// need makes at least n bytes available, or returns the error of the source that prevents it. It
// never asks the source for more once it has n, so a pipe does not block on bytes that are not
// needed yet. Memory grows only as data really arrives.
func (b *buffer) need(n int) error {
	for empty := 0; b.end-b.pos < n; {
		if b.err != nil {
			return b.err
		}
		b.makeRoom()
		m, err := b.src.Read(b.buf[b.end:min(len(b.buf), b.end+max(readSize, n))])
		if m < 0 || m > len(b.buf)-b.end {
			m, err = 0, errors.New("pcapio: source returned an impossible count")
		}
		b.end += m
		if m > 0 {
			empty = 0
		} else if empty++; empty == 100 && err == nil {
			err = io.ErrNoProgress
		}
		b.err = err
	}
	return nil
}

// cacheLine is the alignment of the place that the next read fills. Copying from the kernel's pages
// to an aligned address is about 1.5 times as fast.
const cacheLine = 64

// makeRoom makes room behind what is in memory: it moves the unparsed bytes to the front, or to a
// larger buffer if they fill most of this one. Each way gives room for a part of what was copied,
// so that looking far ahead costs no more than reading on.
func (b *buffer) makeRoom() {
	unparsed := b.end - b.pos
	if unparsed > readSize && b.end < len(b.buf) {
		return
	}
	front, to := -unparsed&(cacheLine-1), b.buf
	if unparsed > len(b.buf)/4*3 || b.pos <= front && b.end == len(b.buf) {
		to = make([]byte, 2*len(b.buf)+cacheLine)
	}
	if b.pos > front || len(to) > len(b.buf) {
		b.base += int64(b.pos - front)
		b.end = front + copy(to[front:], b.buf[b.pos:b.end])
		b.pos, b.buf = front, to
	}
}

// ahead returns n bytes at an offset from the next byte to parse, or nil if the input ends before.
func (b *buffer) ahead(at, n int) []byte {
	if b.need(at+n) != nil {
		return nil
	}
	return b.buf[b.pos+at : b.pos+at+n]
}

// skip passes over n bytes without holding them in memory.
func (b *buffer) skip(n int64) error {
	for n > 0 {
		if b.pos == b.end {
			if err := b.need(1); err != nil {
				return err
			}
		}
		step := int(min(n, int64(b.end-b.pos)))
		b.pos += step
		n -= int64(step)
	}
	return nil
}

// wireLen converts a length on the wire. Only a damaged one is larger than an int of 32 bits.
func wireLen(n uint32) int { return int(min(n, math.MaxInt32)) }
