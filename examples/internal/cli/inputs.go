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
// shows progress.
func (p *Program) CopyRecords(dst pcapio.RecordWriter, src pcapio.RecordReader, readers ...*pcapio.Reader) error {
	in := &Input{Reader: readers[0]}
	p.input = in
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
		src = in.watch(src, readers)
	}
	n, err := pcapio.CopyRecords(dst, src)
	in.packets = n
	return err
}

// watch returns a reader of the records of src that moves the progress bar.
func (in *Input) watch(src pcapio.RecordReader, readers []*pcapio.Reader) pcapio.RecordReader {
	packets := int64(0)
	return pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
		if packets&(1<<14-1) == 0 {
			var done int64
			for _, r := range readers {
				done += r.InputOffset()
			}
			in.bar.show(done)
		}
		packets++
		return src.ReadRecord(r)
	})
}
