package pcapio

import (
	"errors"
	"io"
	"math"
)

// windowSize is the size that a window starts with. It holds any record of the default MaxRecordLen
// whole.
const windowSize = 512 << 10

// readSize is how much is asked for at a time, where a record does not need more. What the kernel
// copies is then still in the cache when it is parsed, and memory that is not needed is not
// touched.
const readSize = 128 << 10

// window is the part of an uncompressed file that is in memory. Records are slices of it: nothing
// is copied but the tail that is moved to the front when the window is refilled.
type window struct {
	src  io.Reader
	buf  []byte
	pos  int   // next byte to parse
	end  int   // bytes of buf that are filled
	base int64 // offset of buf[0] in the file
	err  error // of src, once it failed or ended
}

// reset starts a new file in the same memory.
func (w *window) reset(src io.Reader) {
	*w = window{src: src, buf: w.buf}
	if w.buf == nil {
		w.buf = make([]byte, windowSize)
	}
}

// offset is where the next byte to parse is in the file.
func (w *window) offset() int64 { return w.base + int64(w.pos) }

// bytes returns what is in memory and not parsed yet.
func (w *window) bytes() []byte { return w.buf[w.pos:w.end] }

// need makes at least n bytes available, or returns the error of the source that prevents it. It
// never asks the source for more once it has n, so a pipe does not block on bytes that are not
// needed yet. Memory grows only as data really arrives.
func (w *window) need(n int) error {
	for empty := 0; w.end-w.pos < n; {
		if w.err != nil {
			return w.err
		}
		w.makeRoom()
		m, err := w.src.Read(w.buf[w.end:min(len(w.buf), w.end+max(readSize, n))])
		if m < 0 || m > len(w.buf)-w.end {
			m, err = 0, errors.New("pcapio: source returned an impossible count")
		}
		w.end += m
		if m > 0 {
			empty = 0
		} else if empty++; empty == 100 && err == nil {
			err = io.ErrNoProgress
		}
		w.err = err
	}
	return nil
}

// cacheLine is where makeRoom lets what is read next begin: the kernel copies from pages, and onto
// such a place it does it half as fast again.
const cacheLine = 64

// makeRoom makes room behind what is in memory: it moves the unparsed bytes to the front, or to a
// larger buffer if they fill most of this one. Each way gives room for a part of what was copied,
// so that looking far ahead costs no more than reading on.
func (w *window) makeRoom() {
	unparsed := w.end - w.pos
	if unparsed > readSize && w.end < len(w.buf) {
		return
	}
	front, to := -unparsed&(cacheLine-1), w.buf
	if unparsed > len(w.buf)/4*3 || w.pos <= front && w.end == len(w.buf) {
		to = make([]byte, 2*len(w.buf)+cacheLine)
	}
	if w.pos > front || len(to) > len(w.buf) {
		w.base += int64(w.pos - front)
		w.end = front + copy(to[front:], w.buf[w.pos:w.end])
		w.pos, w.buf = front, to
	}
}

// skip passes over n bytes without holding them in memory.
func (w *window) skip(n int64) error {
	for n > 0 {
		if w.pos == w.end {
			if err := w.need(1); err != nil {
				return err
			}
		}
		step := int(min(n, int64(w.end-w.pos)))
		w.pos += step
		n -= int64(step)
	}
	return nil
}

// wireLen converts a length on the wire, that only damage makes larger than an int of 32 bits.
func wireLen(n uint32) int { return int(min(n, math.MaxInt32)) }
