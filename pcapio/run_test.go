package pcapio

import (
	"errors"
	"io"
	"slices"
	"testing"
)

// flushLog is an analysis that writes down in log what is done with it.
type flushLog struct {
	name     string
	log      *[]string
	write    error // of the second packet
	flush    error
	packets  int
	flushing int
}

func (f *flushLog) WritePacket(*Packet) error {
	*f.log = append(*f.log, f.name)
	if f.packets++; f.packets == 2 {
		return f.write
	}
	return nil
}

func (f *flushLog) Flush() error {
	*f.log = append(*f.log, "flush "+f.name)
	f.flushing++
	return f.flush
}

func TestRun(t *testing.T) {
	errRead, errWrite, errFlush, errFlushB := errors.New("read"), errors.New("write"), errors.New("flush a"), errors.New("flush b")
	for name, c := range map[string]struct {
		end    error // of the source, behind three packets
		a, b   flushLog
		n      int64
		errs   []error
		log    []string
		single bool // b does not take part
	}{
		"good":  {end: io.EOF, n: 3, log: []string{"a", "b", "a", "b", "a", "b", "flush a", "flush b"}},
		"alone": {end: io.EOF, n: 3, log: []string{"a", "a", "a", "flush a"}, single: true},
		"source fails": {end: errRead, n: 3, errs: []error{errRead},
			log: []string{"a", "b", "a", "b", "a", "b", "flush a", "flush b"}},
		// The second packet was taken by a, but not by all.
		"b fails": {end: io.EOF, b: flushLog{write: errWrite}, n: 1, errs: []error{errWrite},
			log: []string{"a", "b", "a", "b", "flush a", "flush b"}},
		"a does not flush": {end: io.EOF, a: flushLog{flush: errFlush}, n: 3, errs: []error{errFlush},
			log: []string{"a", "b", "a", "b", "a", "b", "flush a", "flush b"}},
		"all fails": {end: errRead, a: flushLog{flush: errFlush}, b: flushLog{flush: errFlushB}, n: 3,
			errs: []error{errRead, errFlush, errFlushB}, log: []string{"a", "b", "a", "b", "a", "b", "flush a", "flush b"}},
	} {
		t.Run(name, func(t *testing.T) {
			left := 3
			src := PacketReaderFunc(func(*Packet) error {
				if left == 0 {
					return c.end
				}
				left--
				return nil
			})
			var log []string
			a, b := c.a, c.b
			a.name, a.log, b.name, b.log = "a", &log, "b", &log
			dst := []PacketWriter{&a, PacketWriterFunc(func(*Packet) error { return nil }), &b}
			if c.single {
				dst = dst[:1]
			}
			n, err := Run(src, dst...)
			if n != c.n || !slices.Equal(log, c.log) {
				t.Errorf("%d packets, %q; want %d, %q", n, log, c.n, c.log)
			}
			for _, want := range c.errs {
				if !errors.Is(err, want) {
					t.Errorf("error %v lacks %q", err, want)
				}
			}
			if (err == nil) != (len(c.errs) == 0) || len(c.errs) == 1 && err != c.errs[0] {
				t.Errorf("error %v, want %v", err, c.errs)
			}
		})
	}
}

// Within others, MultiWriters hand the end on.
func TestMultiWriterFlush(t *testing.T) {
	var log []string
	a, b, c := flushLog{name: "a", log: &log}, flushLog{name: "b", log: &log}, flushLog{name: "c", log: &log}
	if _, err := Run(PacketReaderFunc(func(*Packet) error { return io.EOF }), &a, MultiWriter(&b, &c)); err != nil {
		t.Fatal(err)
	}
	if want := []string{"flush a", "flush b", "flush c"}; !slices.Equal(log, want) {
		t.Errorf("%q, want %q", log, want)
	}
}
