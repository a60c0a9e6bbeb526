package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/edit"
)

// output is one file, several, or standard output.
type output struct {
	pcapio.RecordWriter // *edit.Rotator or *pcapio.Writer
	close               func() error
	rotator             *edit.Rotator // nil for standard output
	full                bool          // -W ended it
}

func (o *options) create(p *cli.Program, in *inputs) (*output, error) {
	cfg := pcapio.WriterConfig{SnapLen: o.snap, Micro: in.micro() && !o.finer(), Exact: true, Interfaces: in.described, Application: "reef slice"}
	cfg.Format, cfg.Compression = pcapio.FormatOf(o.output)
	if o.output == "-" {
		if cli.IsTerminal(os.Stdout) {
			return nil, cli.Usagef("-w -: standard output is a terminal")
		}
		w, err := pcapio.NewWriter(p.Stdout, cfg)
		if err != nil {
			return nil, err
		}
		return &output{RecordWriter: w, close: w.Close}, nil
	}
	rotation := edit.RotateConfig{Name: o.output, Writer: cfg, Zone: time.Local, Size: o.size, Interval: o.seconds, Align: o.align,
		Sync: *o.sync}
	switch {
	case o.size == 0 && o.seconds == 0:
		rotation.Name = strings.ReplaceAll(o.output, "%", "%%")
	case o.ring > 0 && o.size == 0:
		rotation.MaxFiles = o.ring
	case o.ring > 0:
		rotation.Ring, rotation.Wrap = o.ring, o.seconds == 0
		if rotation.Wrap && !strings.Contains(o.output, "%i") {
			rotation.Name += "%i"
		}
		rotation.Digits = len(strconv.Itoa(o.ring - 1))
	}
	w, err := edit.NewRotator(rotation)
	if err != nil {
		return nil, cli.Usagef("%v", err)
	}
	return &output{RecordWriter: w, close: w.Close, rotator: w}, nil
}

// micro tells whether all interfaces have microseconds at best, so that nothing is lost by writing
// such.
func (in *inputs) micro() bool {
	for _, r := range in.readers {
		for _, i := range r.Interfaces() {
			if i.TSResol.Units == 0 || i.TSResol.Units > 1e6 {
				return false
			}
		}
	}
	return true
}

// finer tells whether changed times may have nanoseconds.
func (o *options) finer() bool { return o.scale != "" || o.shift%time.Microsecond != 0 }

// Close completes the output.
func (o *output) Close() error { return o.close() }

// refuse ends the output at a record that it cannot hold, with nothing under the name of a file
// that is not complete. It returns what to say: the record, what to do, and what there is of the
// output.
func (o *options) refuse(err error, in *inputs, out *output) error {
	if !errors.Is(err, pcapio.ErrLength) {
		err = fmt.Errorf("%w: %s", err, o.elsewhere())
	}
	if out.rotator == nil {
		return errors.Join(err, out.Close(), fmt.Errorf("standard output has the packets before it"))
	}
	keep := !in.again() && out.rotator.Stats().Records > 0
	complete := out.rotator.Stats().Files
	file, left, abandonErr := out.rotator.Abandon(keep)
	err = errors.Join(err, abandonErr)
	if complete > 0 {
		err = errors.Join(err, fmt.Errorf("%s complete", cli.Count(complete, "file before it is", "files before it are")))
	}
	if left != "" {
		return errors.Join(err, fmt.Errorf("%s has the %s before it", left, cli.Count(file.Records, "packet", "packets")))
	}
	return errors.Join(err, fmt.Errorf("%s was not written", file.Name))
}

// elsewhere says how to write what pcap cannot hold.
func (o *options) elsewhere() string {
	if o.output == "-" {
		return "write to a file NAME.pcapng"
	}
	name, compressed := o.output, ""
	if _, c := pcapio.FormatOf(name); c != pcapio.NoCompression {
		compressed = filepath.Ext(name)
		name = strings.TrimSuffix(name, compressed)
	}
	if ext := filepath.Ext(name); ext == ".pcap" || ext == ".cap" || ext == ".dmp" {
		name = strings.TrimSuffix(name, ext)
	}
	return "write to " + name + ".pcapng" + compressed
}

func (o *output) notes(p *cli.Program) {
	if o.rotator == nil {
		return
	}
	s := o.rotator.Stats()
	if o.full {
		p.Say("ended after %s with %s", cli.Count(s.Files, "file", "files"), cli.Count(s.Records, "packet", "packets"))
	}
	if s.RemovedFiles > 0 {
		p.Say("%s with %s removed", cli.Count(s.RemovedFiles, "older file", "older files"), cli.Count(s.Removed, "packet was", "packets were"))
	}
}
