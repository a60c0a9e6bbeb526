package cli

import (
	"errors"
	"os"

	"github.com/reeftools/reef/pcapio"
)

// OpenEach opens each of the named captures by itself, for a program that puts them together in its own way. A file that
// cannot be opened ends the program.
func (p *Program) OpenEach(names []string) ([]*pcapio.Reader, error) {
	if len(names) == 0 {
		if isTerminal(os.Stdin) {
			return nil, Usagef("no FILE given, and standard input is a terminal")
		}
		names = []string{"-"}
	}
	var readers []*pcapio.Reader
	for _, name := range names {
		r, err := p.CaptureConfig().Open(name)
		if err != nil {
			for _, r := range readers {
				err = errors.Join(err, r.Close())
			}
			return nil, err
		}
		readers = append(readers, r)
	}
	return readers, nil
}

// CaptureConfig is what CutToSnapLen and the flags of CaptureFlags say about reading.
func (p *Program) CaptureConfig() pcapio.Config {
	return pcapio.Config{Resync: *p.resync, CutToSnapLen: p.CutToSnapLen}
}

// CopyRecords copies the records of src, in which those of readers end up, to dst as [pcapio.CopyRecords] does, counts them and
// shows progress. It ends with an error when the process is interrupted.
func (p *Program) CopyRecords(dst pcapio.RecordWriter, src pcapio.RecordReader, readers ...*pcapio.Reader) error {
	in := &Input{Reader: readers[0]}
	p.input = in
	in.stop.listen()
	var size int64
	for _, r := range readers {
		if r.Size() < 0 {
			size = -1
			break
		}
		size += r.Size()
	}
	if *p.progress && size > 0 && isTerminal(os.Stderr) {
		in.bar = newBar(p.Stderr, size)
	}
	calls := 0
	n, err := pcapio.CopyRecords(dst, pcapio.Watch(src, func() error {
		if calls++; calls&63 == 0 && in.bar != nil {
			in.showAll(readers)
		}
		if in.stop.came.Load() {
			return errInterrupted
		}
		return nil
	}))
	in.packets = n
	return err
}

// showAll moves the progress bar to what was read of all inputs.
func (in *Input) showAll(readers []*pcapio.Reader) {
	var done int64
	for _, r := range readers {
		done += r.InputOffset()
	}
	in.bar.show(done)
}
