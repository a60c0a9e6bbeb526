package cli

import (
	"errors"
	"os"

	"github.com/reeftools/reef/pcapio"
)

// OpenEach opens each of the named captures by itself, for a program that puts them together in its
// own way. One bar shows the progress of all. A file that cannot be opened ends the program;
// reading ends with an error when the process is interrupted.
func (p *Program) OpenEach(names []string) ([]*pcapio.Reader, error) {
	if len(names) == 0 {
		if IsTerminal(os.Stdin) {
			return nil, Usagef("no FILE given, and standard input is a terminal")
		}
		names = []string{"-"}
	}
	in := &Input{}
	var readers []*pcapio.Reader
	cfg := p.CaptureConfig()
	cfg.BeforeRead = func() error {
		if in.bar != nil {
			in.bar.show(offset(readers))
		}
		if in.stop.came.Load() {
			return errInterrupted
		}
		return nil
	}
	for _, name := range names {
		r, err := cfg.Open(name)
		if err != nil {
			for _, r := range readers {
				err = errors.Join(err, r.Close())
			}
			return nil, err
		}
		readers = append(readers, r)
	}
	if total := totalSize(names); *p.progress && total > 0 && IsTerminal(os.Stderr) {
		in.bar = newBar(p.Stderr, total)
	}
	in.stop.listen()
	p.input, p.readers = in, readers
	return readers, nil
}

// offset is how much of all inputs was read.
func offset(readers []*pcapio.Reader) (sum int64) {
	for _, r := range readers {
		sum += r.InputOffset()
	}
	return sum
}

// CaptureConfig is what Libpcap and the flags of CaptureFlags say about reading.
func (p *Program) CaptureConfig() pcapio.ReaderConfig {
	return pcapio.ReaderConfig{Resync: *p.resync, ContinueOnError: *p.resync, Libpcap: p.Libpcap}
}
