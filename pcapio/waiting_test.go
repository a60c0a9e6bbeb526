package pcapio

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A pipe that gives two records and then nothing more is given up when the context is done, or when
// Idle says so; the records before are not lost.
func TestReaderStops(t *testing.T) {
	tired := errors.New("tired")
	for name, c := range map[string]struct {
		cfg  func(cancel func()) ReaderConfig
		want error
	}{
		"context": {func(cancel func()) ReaderConfig {
			return ReaderConfig{Idle: func() error { cancel(); return nil }}
		}, context.Canceled},
		"idle": {func(func()) ReaderConfig {
			return ReaderConfig{Idle: func() error { return tired }}
		}, tired},
		"continue on error": {func(cancel func()) ReaderConfig {
			return ReaderConfig{ContinueOnError: true, Idle: func() error { cancel(); return nil }}
		}, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			pr, pw := io.Pipe()
			defer pw.Close() // ends the goroutine that waits
			go pw.Write(smallPcap)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			cfg := c.cfg(cancel)
			cfg.Context = ctx
			r, err := NewReader(pr, cfg)
			if err != nil {
				t.Fatal(err)
			}
			got, err := readAll(t, r)
			want, _ := readBytes(t, smallPcap, ReaderConfig{})
			var damage *FileError
			if len(got) != len(want) || !errors.Is(err, c.want) || !errors.As(err, &damage) || damage.Record != int64(len(want))+1 {
				t.Errorf("%d records, %v; want %d, %v", len(got), err, len(want), c.want)
			}
		})
	}
}

// Idle is called again and again while nothing comes, and what comes then is read.
func TestReaderIdle(t *testing.T) {
	pr, pw := io.Pipe()
	calls := 0
	w := &waitingReader{src: pr, ctx: context.Background(), every: time.Millisecond, idle: func() error {
		if calls++; calls == 3 {
			go pw.Write([]byte("abc"))
		}
		return nil
	}}
	b := make([]byte, 10)
	if n, err := w.Read(b); string(b[:n]) != "abc" || err != nil || calls < 3 {
		t.Errorf("%q, %v after %d calls", b[:n], err, calls)
	}
}

// A file stops where its context does.
func TestFileContext(t *testing.T) {
	name := filepath.Join(t.TempDir(), "in.pcap")
	if err := os.WriteFile(name, smallPcap, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (ReaderConfig{Context: ctx}).Open(name); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that is done: %v", err)
	}
	r, err := ReaderConfig{Context: context.Background()}.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := readAll(t, r); len(got) == 0 || err != nil {
		t.Errorf("%d records, %v", len(got), err)
	}
}
