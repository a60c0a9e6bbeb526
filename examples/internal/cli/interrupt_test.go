//go:build unix

package cli

import (
	"bytes"
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// A signal ends the input; what was read before is the result.
func TestInterrupt(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		var out, errs bytes.Buffer
		p := New("count", "", "")
		p.CaptureFlags()
		read := 0
		status := p.Run([]string{"../../../testdata/web.pcap"}, &out, &errs, func() error {
			in, err := p.Open()
			if err != nil {
				return err
			}
			var r pcapio.Record
			for ; err == nil; read++ {
				if read == 5 {
					if err := syscall.Kill(syscall.Getpid(), sig); err != nil {
						return err
					}
					waitFor(t, &in.stop)
				}
				err = in.ReadRecord(&r)
			}
			return Finish(err, func() error { out.WriteString("flushed"); return nil })
		})
		if status != ExitInput || read != 6 || out.String() != "flushed" || !strings.Contains(errs.String(), "interrupted") {
			t.Errorf("%v: status %d after %d records, %q, %q", sig, status, read, out.String(), errs.String())
		}
	}
}

// The same for other files, of which none is begun any more.
func TestInterruptEachFile(t *testing.T) {
	var out, errs bytes.Buffer
	p := New("count", "", "")
	files := 0
	var counted countingReader
	p.Stdin = iotest.OneByteReader(strings.NewReader("12345"))
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
	if status != ExitInput || files != 1 || out.String() != "123" || !strings.Contains(errs.String(), "interrupted") {
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
