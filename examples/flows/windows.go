package main

import (
	"bufio"
	"errors"
	"io"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/flow/coral"
	"github.com/reeftools/reef/pcapio"
)

// windows is a meter all of whose flows end with their interval, which has a file of its own if
// there is a template for names.
type windows struct {
	*flow.Windows
	meter   meter      // of the open interval; on stdout one for all
	done    flow.Stats // of the meters before
	inFiles bool
}

func (o *options) windows(stdout *bufio.Writer) (*windows, error) {
	w := &windows{inFiles: o.output != ""}
	begin := func(int64) (pcapio.PacketWriter, error) { return w.meter, nil }
	var first io.Writer = stdout
	if w.inFiles {
		files, err := coral.NewFiles(o.output)
		if err != nil {
			return nil, err
		}
		files.Sync = *o.sync
		first = io.Discard
		begin = func(start int64) (pcapio.PacketWriter, error) {
			file, err := files.Create(start)
			if err != nil {
				return nil, err
			}
			w.done = w.stats()
			if w.meter, err = o.formatted(file); err != nil {
				return nil, errors.Join(err, file.Abort())
			}
			return inFile{w.meter, file}, nil
		}
	}
	var err error
	if w.meter, err = o.formatted(first); err != nil { // before any packet, whatever the flags
		return nil, err
	}
	w.Windows, err = flow.NewWindows(flow.WindowsConfig{Length: o.interval, Align: o.align}, begin)
	return w, err
}

// stats returns the counts of all intervals.
func (w *windows) stats() flow.Stats {
	all, open := w.done, tableStats(w.meter)
	all.Merge(&open)
	return all
}

// inFile is a meter that completes its file in the end.
type inFile struct {
	meter
	file *coral.File
}

func (m inFile) Flush() error {
	if err := m.meter.Flush(); err != nil {
		return errors.Join(err, m.file.Abort())
	}
	return m.file.Commit()
}
