//go:build unix

package cli

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
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
	p.Stdin = endless{}
	status := p.Run([]string{"-", "-"}, &out, &errs, func() error {
		return p.EachFile(func(_ string, r io.Reader) error {
			files++
			b := make([]byte, 1)
			for n := range 10_000 {
				if n == 3 {
					if err := syscall.Kill(syscall.Getpid(), syscall.SIGINT); err != nil {
						return err
					}
				}
				if n > 3 {
					time.Sleep(time.Millisecond) // the signal is on its way
				}
				if _, err := r.Read(b); err != nil {
					return err
				}
				out.Write(b)
			}
			return errors.New("the signal did not come")
		})
	})
	if status != ExitInput || files != 1 || !strings.HasPrefix(out.String(), "111") || !strings.Contains(errs.String(), "interrupted") {
		t.Errorf("status %d after %d files, %q, %q", status, files, out.String(), errs.String())
	}
}

// endless reads as ones.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '1'
	}
	return len(p), nil
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
