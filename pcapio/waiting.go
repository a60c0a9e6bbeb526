package pcapio

import (
	"context"
	"io"
	"os"
	"time"
)

// idleInterval is how often ReaderConfig.Idle is called.
const idleInterval = 100 * time.Millisecond

// stoppable returns src, or a reader of it that keeps to Context and Idle if they are set.
func (c *ReaderConfig) stoppable(src io.Reader) io.Reader {
	if c.Context == nil && c.Idle == nil {
		return src
	}
	ctx := c.Context
	if ctx == nil {
		ctx = context.Background()
	}
	if f, ok := src.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return contextReader{src, ctx}
		}
	}
	return &waitingReader{src: src, ctx: ctx, idle: c.Idle, every: idleInterval}
}

// contextReader reads from a source that does not wait.
type contextReader struct {
	src io.Reader
	ctx context.Context
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.src.Read(p)
}

// waitingReader reads from a source that may block for ever. A goroutine does each read, in a
// buffer of its own, so that the reader can give it up. After that it reads no more.
type waitingReader struct {
	src   io.Reader
	ctx   context.Context
	idle  func() error
	every time.Duration
	buf   []byte
	err   error // a read was given up
}

type readResult struct {
	n   int
	err error
}

func (w *waitingReader) Read(p []byte) (int, error) {
	if w.err == nil {
		w.err = w.ctx.Err()
	}
	if w.err != nil {
		return 0, w.err
	}
	if len(w.buf) < len(p) {
		w.buf = make([]byte, len(p))
	}
	buf, done := w.buf[:len(p)], make(chan readResult, 1)
	go func() {
		n, err := w.src.Read(buf)
		done <- readResult{n, err}
	}()
	var tick <-chan time.Time
	if w.idle != nil {
		ticker := time.NewTicker(w.every)
		defer ticker.Stop()
		tick = ticker.C
	}
	for {
		select {
		case got := <-done:
			return copy(p, buf[:max(0, min(got.n, len(buf)))]), got.err
		case <-w.ctx.Done():
			w.err = w.ctx.Err()
			return 0, w.err
		case <-tick:
			if w.err = w.idle(); w.err != nil {
				return 0, w.err
			}
		}
	}
}
