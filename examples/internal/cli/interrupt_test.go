//go:build unix

package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// A signal ends the input when the next part of it is to be read; what was read before is the
// result, of one reader of all files as of one for each.
func TestInterrupt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.pcap")
	web, err := os.ReadFile("../../../testdata/web.pcap")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(web, bytes.Repeat(web[24:], 8<<20/len(web))...), 0o644); err != nil {
		t.Fatal(err)
	}
	one := func(p *Program) (pcapio.RecordReader, error) { return p.Open() }
	each := func(p *Program) (pcapio.RecordReader, error) {
		readers, err := p.OpenEach(p.Flags.Args())
		return readers[0], err
	}
	for _, tt := range []struct {
		name string
		sig  syscall.Signal
		open func(*Program) (pcapio.RecordReader, error)
	}{{"INT", syscall.SIGINT, one}, {"TERM", syscall.SIGTERM, one}, {"of each", syscall.SIGINT, each}} {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			p := New("count", "", "")
			p.CaptureFlags()
			read := int64(0)
			status := p.Run([]string{file}, &out, &errs, func() error {
				in, err := tt.open(p)
				if err != nil {
					return err
				}
				var r pcapio.Record
				for ; err == nil; read++ {
					if read == 5 {
						if err := syscall.Kill(syscall.Getpid(), tt.sig); err != nil {
							return err
						}
						waitFor(t, &p.captures.stop)
					}
					err = in.ReadRecord(&r)
				}
				return Finish(err, func() error { out.WriteString("flushed"); return nil })
			})
			if status != ExitInput || read*60 > 7<<20 || out.String() != "flushed" || errs.String() != "count: "+errInterrupted.Error()+"\n" {
				t.Errorf("status %d after %d records, %q, %q", status, read, out.String(), errs.String())
			}
		})
	}
}

// The same for other files, of which none is begun any more.
func TestInterruptEachFile(t *testing.T) {
	var out, errs bytes.Buffer
	p := New("count", "", "")
	files := 0
	var counted countingReader
	p.Stdin = iotest.OneByteReader(strings.NewReader("123456789"))
	status := p.Run([]string{"-", "-"}, &out, &errs, func() error {
		return p.eachFile(&counted, func(_ string, r io.Reader) error {
			files++
			b := make([]byte, 1)
			for n := 0; ; n++ {
				if n == 3 {
					if err := syscall.Kill(syscall.Getpid(), syscall.SIGINT); err != nil {
						return err
					}
					waitFor(t, &counted.stop)
				}
				if _, err := r.Read(b); err != nil {
					return err
				}
				out.Write(b)
			}
		})
	})
	if status != ExitInput || files != 1 || out.String() != "12345678" || !strings.Contains(errs.String(), "interrupted") {
		t.Errorf("status %d after %d files, %q, %q", status, files, out.String(), errs.String())
	}
}

func waitFor(t *testing.T, i *interrupt) {
	t.Helper()
	for range 10_000 {
		if i.came.Load() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("the signal did not come")
}
