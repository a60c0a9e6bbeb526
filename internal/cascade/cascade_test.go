package cascade

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

type flusher struct{ err error }

func (f flusher) Flush() error { return f.err }

func TestFlush(t *testing.T) {
	wrapped := fmt.Errorf("wrapped: %w", io.ErrShortWrite)
	for _, c := range []struct {
		name  string
		err   error
		below any
		want  string
	}{
		{"nothing below", nil, nil, ""},
		{"not a flusher", io.EOF, 1, "EOF"},
		{"good", nil, flusher{}, ""},
		{"error above", io.EOF, flusher{}, "EOF"},
		{"error below", nil, flusher{io.EOF}, "EOF"},
		{"two errors", io.EOF, flusher{io.ErrShortWrite}, "EOF\nshort write"},
		{"the same", io.EOF, flusher{io.EOF}, "EOF"},
		{"that of below came up before", wrapped, flusher{io.ErrShortWrite}, "wrapped: short write"},
		{"below says more", io.ErrShortWrite, flusher{wrapped}, "wrapped: short write"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			if err := Flush(c.err, c.below); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if err := errors.Join(Flush(io.EOF, flusher{io.ErrShortWrite})); !errors.Is(err, io.EOF) || !errors.Is(err, io.ErrShortWrite) {
		t.Error("an error is lost")
	}
}

func TestJoin(t *testing.T) {
	a, b, c := errors.New("a"), errors.New("b"), errors.New("c")
	for _, tt := range []struct {
		name      string
		err, more error
		want      string
	}{
		{"none", nil, nil, ""},
		{"one", a, nil, "a"},
		{"the other", nil, a, "a"},
		{"two", a, b, "a\nb"},
		{"the same", a, a, "a"},
		{"again, of two", errors.Join(a, b), a, "a\nb"},
		{"again, among two", a, errors.Join(b, a), "b\na"},
		{"again, in part", errors.Join(a, b), errors.Join(b, c), "a\nb\nc"},
		{"again, all", errors.Join(a, b), errors.Join(b, a), "a\nb"},
		{"wrapped", fmt.Errorf("file: %w", a), a, "file: a"},
		{"one text of two", a, fmt.Errorf("%w, %w", b, c), "a\nb, c"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if err := Join(tt.err, tt.more); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
