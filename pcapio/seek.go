package pcapio

import (
	"errors"
	"io"
	"os"
	"runtime/debug"

	"golang.org/x/exp/mmap"
)

// errNotFound means that seeking found no place to start: read the file from the beginning.
var errNotFound = errors.New("pcapio: no place to begin was found")

// Seekable tells whether [Reader.SeekTime] can seek: there is one file, it is regular, and it is
// uncompressed classic pcap. A pcapng file is not seekable, since the skipped part may describe
// interfaces. With Resync no file is, since every gap must be counted.
func (r *Reader) Seekable() bool {
	f, ok := r.input.closer.(*os.File)
	if _, pcap := r.file.(*pcapFile); !ok || !pcap || !r.input.plain || r.cfg.Resync || len(r.files.names) > 0 || r.src.stats.Files != 1 {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular() && info.Size() == r.files.size
}

// SeekTime moves on to a record that is at least slack bytes before the first record with a time of
// t or later, and returns how many bytes it skipped. Call it after reading one record of the file.
// It finds the place by bisection, which needs records in order of time. It skips nothing if the
// file is not [Reader.Seekable], or if the records clearly are not in order.
func (r *Reader) SeekTime(t, slack int64) (passed int64, err error) {
	if !r.Seekable() || r.src.record != 1 || r.src.sought {
		return 0, nil
	}
	from := r.src.offset()
	at, err := r.findTime(t, r.src.last, slack)
	if errors.Is(err, errNotFound) || at <= from {
		return 0, nil // read it all
	}
	if err == nil {
		err = r.seekTo(at)
	}
	return at - from, err
}

// seekTo goes on reading at an offset, where a record must begin. Its number is not known then.
func (r *Reader) seekTo(offset int64) error {
	if _, err := r.input.closer.(*os.File).Seek(offset, io.SeekStart); err != nil {
		return r.src.damaged(err)
	}
	r.src.buffer = buffer{src: r.src.src, buf: r.src.buf, base: offset}
	r.src.sought = true
	return nil
}

// byteSource is a file mapped into memory, or one to read from if it cannot be mapped.
type byteSource interface {
	io.ReaderAt
	io.Closer
}

// mapFile maps a file into memory. On 32-bit machines a file may be too large for that; then it is
// read.
func mapFile(name string) (byteSource, error) {
	if m, err := mmap.Open(name); err == nil {
		return m, nil
	}
	return os.Open(name)
}

// findTime returns the offset of a record that is at least slack bytes before the first record with
// a time of start or later, or the offset of the first record if there is none. first is the time
// of the first record. It fails with errNotFound if the records clearly are not in order.
func (r *Reader) findTime(start, first, slack int64) (at int64, err error) {
	src, err := mapFile(r.src.name)
	if err != nil {
		return 0, errNotFound
	}
	// If another process truncates the mapped file, reading beyond its new end is a fault. This
	// turns the fault into a panic, which is recovered.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			at, err = 0, errNotFound
		}
		if closeErr := src.Close(); err == nil && closeErr != nil {
			err = closeErr
		}
	}()
	s := r.seeker(src)
	begin := r.src.offset()
	low := place{begin, first} // earlier than start
	high := place{s.size, 0}   // not earlier, or the end
	known := false             // high.time is
	for high.offset-low.offset > seekGrain {
		middle := low.offset + (high.offset-low.offset)/2
		p, ok := s.recordAt(middle)
		if ok && (p.time < low.time || known && p.time > high.time) {
			return 0, errNotFound // not in order at all
		}
		switch {
		case !ok || p.offset >= high.offset:
			high.offset = middle // nothing in the upper half to begin with
		case p.time < start:
			low = p
		default:
			high, known = place{middle, p.time}, true
		}
	}
	// An empty record hides from recordAt the records before it, up to the length of a chain. So
	// this goes farther back each time.
	for back := int64(chainSpan); low.offset-slack-back > begin; back *= 2 {
		if p, ok := s.recordAt(low.offset - slack - back); ok && p.offset <= low.offset-slack {
			return p.offset, nil
		}
	}
	return begin, nil
}

// seekGrain is the distance, in bytes, at which bisection ends: reading is as fast from there on.
const seekGrain = 256 << 10

// place is a record: where it begins and its time.
type place struct{ offset, time int64 }

// seeker looks for records in the middle of a pcap file.
type seeker struct {
	src  io.ReaderAt
	size int64
	file pcapFile // with a source of its own
}

// seeker makes one for the current file, which is at src too.
func (r *Reader) seeker(src io.ReaderAt) *seeker {
	s := &seeker{src: src, size: r.files.size, file: *r.file.(*pcapFile)}
	own := newSource(r.cfg)
	own.buf = make([]byte, 2*chainSpan)
	s.file.source = &own
	return s
}

// recordAt returns the first record that begins at or after offset. It believes only a chain of
// records that is longer than any packet, so that captures inside of captured packets do not fool
// it.
func (s *seeker) recordAt(offset int64) (place, bool) {
	f := &s.file
	f.buffer = buffer{src: io.NewSectionReader(s.src, offset, s.size-offset), buf: f.buf, base: offset}
	c, ok := f.findChain(f, 0)
	if !ok || !c.sure {
		return place{}, false
	}
	at := offset + int64(c.start)
	head := make([]byte, f.plain.headerLen)
	if _, err := s.src.ReadAt(head, at); err != nil {
		return place{}, false
	}
	return place{at, f.header(head).time(f.sign, f.unit)}, true
}

// Span returns the times of the first and the last record of the file name, or io.EOF if it has
// none. It reads only the beginning and the end of a large uncompressed pcap file. If the file is
// damaged, it returns the error together with the times of the good part.
func (c ReaderConfig) Span(name string) (first, last int64, err error) {
	r, err := c.Open(name)
	if err != nil {
		return 0, 0, err
	}
	defer func() {
		if closeErr := r.Close(); err == nil {
			err = closeErr
		}
	}()
	var rec Record
	if err := r.ReadRecord(&rec); err != nil {
		return 0, 0, err
	}
	first, last = rec.Time, rec.Time
	if r.Seekable() {
		if err := r.seekNearEnd(); err != nil {
			return first, last, err
		}
	}
	for {
		if err := r.ReadRecord(&rec); err != nil {
			if err == io.EOF {
				err = nil
			}
			return first, last, err
		}
		last = rec.Time
	}
}

// seekNearEnd moves on to a record near the end of the file, if that is far away.
func (r *Reader) seekNearEnd() error {
	const near = 1 << 20
	if r.files.size-r.src.offset() <= 2*near {
		return nil
	}
	f := r.input.closer.(*os.File)
	s := r.seeker(f)
	p, ok := s.recordAt(r.files.size - near)
	if !ok {
		return nil
	}
	return r.seekTo(p.offset)
}
