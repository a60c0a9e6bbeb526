package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/edit"
	"github.com/reeftools/reef/pcapio/live"
)

// output is standard output, or one file or more.
type output struct {
	pcapio.RecordWriter
	stream   *pcapio.Writer // standard output
	rotator  *edit.Rotator  // files
	format   pcapio.FileFormat
	p        *cli.Program
	names    io.Writer // of -b printname
	nameFile *os.File  // names, if it is a file of its own
	nameErr  error
}

// open makes the output of a capture.
func (o *output) open(opt *options, p *cli.Program, src *live.Source) error {
	o.p = p
	cfg := pcapio.WriterConfig{SnapLen: opt.snap, Interfaces: src, OS: runtime.GOOS, Application: "reef capture"}
	cfg.Format, cfg.Compression = pcapio.FormatOf(opt.output)
	o.format = cfg.Format
	first := src.Interfaces()[0]
	for _, i := range src.Interfaces() {
		if cfg.Format == pcapio.Pcap && i.LinkType != first.LinkType {
			return cli.Usagef("%s has link type %v and %s has %v: only a file that ends in .pcapng can hold both", first.Name, first.LinkType, i.Name, i.LinkType)
		}
	}
	if opt.output == "-" {
		if cli.IsTerminal(os.Stdout) {
			return cli.Usagef("-w -: standard output is a terminal")
		}
		w, err := pcapio.NewWriter(p.Stdout, cfg)
		o.stream, o.RecordWriter = w, w
		return err
	}
	if err := o.openNames(opt.next.printName); err != nil {
		return err
	}
	w, err := edit.NewRotator(opt.rotation(cfg, o.finished))
	if err != nil {
		return cli.Usagef("%v", err)
	}
	o.rotator, o.RecordWriter = w, w
	return nil
}

// rotation says in the words of pcapio what -a and -b say.
func (o *options) rotation(cfg pcapio.WriterConfig, finished func(edit.RotatedFile)) edit.RotateConfig {
	name, digits := template(o.output)
	c := edit.RotateConfig{Name: name, Digits: digits, Zone: time.Local, Writer: cfg, WallTime: true, Finished: finished, Sync: *o.sync,
		Size: o.next.size, Records: int64(o.next.packets), Interval: o.next.duration, Ring: o.next.files, MaxFiles: o.stop.files}
	if !o.next.ends() {
		c.Name = strings.ReplaceAll(o.output, "%", "%%")
		c.Size, c.MaxFiles = o.stop.size, 1
		return c
	}
	if o.next.interval > 0 {
		c.Interval, c.Align = o.next.interval, true
	}
	if o.stop.size > 0 {
		c.Size = o.stop.size
	}
	return c
}

// template is OUT itself if it has a conversion, else its name with number and time, as dumpcap
// makes it; and the digits of the number.
func template(out string) (string, int) {
	if strings.Contains(out, "%") {
		return out, 0
	}
	dir, file := filepath.Split(out)
	stem, ext, dot := strings.Cut(file, ".")
	if dot {
		ext = "." + ext
	}
	return dir + stem + "_%i_%Y%m%d%H%M%S" + ext, 5
}

func (o *output) openNames(name string) (err error) {
	switch name {
	case "":
	case "-", "stdout":
		o.names = o.p.Stdout
	case "stderr":
		o.names = o.p.Stderr
	default:
		o.nameFile, err = os.Create(name)
		o.names = o.nameFile
	}
	return err
}

// finished prints the name of a complete file.
func (o *output) finished(f edit.RotatedFile) {
	if o.names != nil {
		_, err := fmt.Fprintln(o.names, f.Name)
		o.nameErr = errors.Join(o.nameErr, err, o.p.Stdout.Flush())
	}
}

// idle is called while no packet comes: a pipe gets what was captured, a file whose time is over
// ends.
func (o *output) idle() error {
	if o.stream != nil {
		if err := o.stream.Flush(); err != nil {
			return err
		}
		return o.p.Stdout.Flush()
	}
	return errors.Join(o.rotator.Tick(), o.nameErr)
}

// finish writes the counters, where the format has them, and completes the output. Cause is why the
// capture ended, which is said once.
func (o *output) finish(src *live.Source, cause error) error {
	err := cause
	add := func(e error) { err = cli.Finish(err, func() error { return e }) }
	for n, i := range src.Interfaces() {
		switch {
		case o.format != pcapio.Pcapng:
		case o.stream != nil:
			add(o.stream.WriteStats(n, i.Stats))
		case o.rotator != nil:
			// then no file is open
			if statsErr := o.rotator.WriteStats(n, i.Stats); !errors.Is(statsErr, edit.ErrMaxFiles) {
				add(statsErr)
			}
		}
	}
	if o.stream != nil {
		add(o.stream.Close())
	}
	if o.rotator != nil {
		add(o.rotator.Close())
		add(o.nameErr)
	}
	if o.nameFile != nil {
		add(o.nameFile.Close())
	}
	return err
}

// report tells what was written: not more than was captured, as a limit may refuse the last packet.
func (o *output) report() error {
	var err error
	switch {
	case o.stream != nil:
		_, err = fmt.Fprintf(o.p.Stderr, "%s written\n", cli.Count(o.stream.Stats().Records, "packet", "packets"))
	case o.rotator != nil:
		s := o.rotator.Stats()
		_, err = fmt.Fprintf(o.p.Stderr, "%s written to %s\n", cli.Count(s.Records, "packet", "packets"), cli.Count(s.Files, "file", "files"))
		if s.RemovedFiles > 0 && err == nil {
			_, err = fmt.Fprintf(o.p.Stderr, "%s with %s removed\n", cli.Count(s.RemovedFiles, "older file", "older files"), cli.Count(s.Removed, "packet was", "packets were"))
		}
	}
	return err
}
