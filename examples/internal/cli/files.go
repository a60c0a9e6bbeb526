package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/reeftools/reef/internal/quote"
	"github.com/reeftools/reef/pcapio"
)

// EachFile calls do for each file named by the arguments, or for standard input if there are none
// or for "-", decompressed, with a progress bar. A file that fails does not keep the others from
// being read; their errors come together. Reading ends with an error when the process is
// interrupted. A capture is refused, with OfCapture.
func (p *Program) EachFile(do func(name string, r io.Reader) error) error {
	return p.eachFile(new(countingReader), do)
}

// eachFile is EachFile through counted.
func (p *Program) eachFile(counted *countingReader, do func(name string, r io.Reader) error) error {
	names := p.Flags.Args()
	if len(names) == 0 {
		if p.Stdin == io.Reader(os.Stdin) && IsTerminal(os.Stdin) {
			return Usagef("no FILE given, and standard input is a terminal")
		}
		names = []string{"-"}
	}
	if total := totalSize(names); *p.progress && total > 0 && IsTerminal(os.Stderr) {
		counted.bar = newBar(p.Stderr, total)
		defer counted.bar.clear()
	}
	var errs []error
	counted.stop.listen()
	defer counted.stop.ignore()
	for _, name := range names {
		counted.r = p.Stdin
		errs = append(errs, p.readFile(name, counted, do))
		if counted.stop.came.Load() {
			break
		}
	}
	return errors.Join(errs...)
}

func (p *Program) readFile(name string, counted *countingReader, do func(string, io.Reader) error) error {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		counted.r = f
	}
	r := pcapio.Decompress(counted)
	var begin [8]byte
	n, _ := io.ReadFull(r, begin[:])
	if isCapture(begin[:n]) {
		return fmt.Errorf("%s is a capture: %s", quote.Name(name), p.OfCapture)
	}
	// An error comes again with the next reading.
	return do(name, io.MultiReader(bytes.NewReader(begin[:n]), r))
}

// isCapture tells whether a file that begins so is pcap, pcapng or snoop.
func isCapture(begin []byte) bool {
	for _, magic := range []string{"\xa1\xb2\xc3\xd4", "\xd4\xc3\xb2\xa1", "\xa1\xb2\x3c\x4d", "\x4d\x3c\xb2\xa1", "\x0a\x0d\x0d\x0a", "snoop\x00\x00\x00"} {
		if bytes.HasPrefix(begin, []byte(magic)) {
			return true
		}
	}
	return false
}

// totalSize returns the bytes in all files, or 0 if that is not known.
func totalSize(names []string) (total int64) {
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			return 0
		}
		total += info.Size()
	}
	return total
}

// countingReader moves a bar by what is read through it, until the process is interrupted.
type countingReader struct {
	r    io.Reader
	n    int64
	bar  *bar
	stop interrupt
}

func (c *countingReader) Read(b []byte) (int, error) {
	if c.stop.came.Load() {
		return 0, errInterrupted
	}
	n, err := c.r.Read(b)
	c.n += int64(n)
	if c.bar != nil {
		c.bar.show(c.n)
	}
	return n, err
}

// SyncFlag adds -sync, for programs that write files by name.
func (p *Program) SyncFlag() *bool {
	return p.Flags.Bool("sync", false, "wait until each file is on the disk before it gets its name")
}

// CheckOutput refuses names of compressed files that are read but not written, and would hold
// something else.
func CheckOutput(name string) error {
	switch ext := filepath.Ext(name); ext {
	case ".xz", ".bz2", ".lzma", ".zip":
		return Usagef("-w %s: %s is not written; .gz, .zst and .lz4 are", name, ext)
	}
	return nil
}
