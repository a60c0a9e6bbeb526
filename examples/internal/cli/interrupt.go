package cli

import (
	"errors"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// errInterrupted ends the input of a program that is told to stop, so that it still gives the
// results of what it has read.
var errInterrupted = errors.New("interrupted; the results are those of what was read before that")

// interrupt notes the first signal to stop. The next one kills the process as if nobody had
// listened, since the program may be waiting for its input.
type interrupt struct {
	came    atomic.Bool
	signals chan os.Signal
	done    chan struct{} // nil: not listening
}

// listen begins to wait for the signal.
func (i *interrupt) listen() {
	signals, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
			i.came.Store(true)
		case <-done:
		}
		signal.Stop(signals)
	}()
	i.signals, i.done = signals, done
}

// ignore ends the waiting, if there is any. It leaves signals open: another one may just be coming.
func (i *interrupt) ignore() {
	if i.done != nil {
		signal.Stop(i.signals)
		close(i.done)
		i.done = nil
	}
}
