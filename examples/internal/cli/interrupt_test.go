//go:build unix

package cli

import (
	"bytes"
	"errors"
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
					for wait := 0; !in.stop.came.Load(); wait++ {
						if wait == 10_000 {
							return errors.New("the signal did not come")
						}
						time.Sleep(time.Millisecond)
					}
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
