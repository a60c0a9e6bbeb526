package cli

import (
	"errors"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// errInterrupted ends the input of a program that is told to stop, so that it still gives the results of what it has read.
var errInterrupted = errors.New("interrupted; the results are those of what was read before that")

// interrupt notes the first signal to stop. The next one kills the process as if nobody had listened, since the program may be
// waiting for its input.
type interrupt struct {
	came    atomic.Bool
	signals chan os.Signal // nil: not listening
}

// listen begins to wait for the signal.
func (i *interrupt) listen() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		_, told := <-signals
		i.came.Store(told)
		signal.Stop(signals)
	}()
	i.signals = signals
}

// ignore ends the waiting, if there is any.
func (i *interrupt) ignore() {
	if i.signals != nil {
		signal.Stop(i.signals)
		close(i.signals)
		i.signals = nil
	}
}
