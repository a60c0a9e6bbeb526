package main

import (
	"bufio"
	"fmt"
	"io"

	"github.com/reeftools/reef/internal/quote"
)

// maxWord is how much of a word is kept: more than any address with its zone has.
const maxWord = 256

// wordReader reads words, which blanks and ends of lines separate, and knows where they begin. A
// word that is longer than maxWord is cut there, so that it is no address; what follows is read on.
type wordReader struct {
	r    *bufio.Reader
	word []byte
	at   place // of what comes next
}

// place is where something is in an input.
type place struct {
	line   int64 // from 1
	offset int64 // in bytes
}

func newWordReader(r io.Reader) *wordReader {
	return &wordReader{r: bufio.NewReaderSize(r, 1<<16), at: place{line: 1}}
}

// next returns the next word, which is good until the next call, and where it begins; after the
// last, io.EOF or the error of the reader.
func (w *wordReader) next() (word []byte, begin place, err error) {
	w.word = w.word[:0]
	for {
		c, err := w.r.ReadByte()
		if err != nil {
			if err == io.EOF && len(w.word) > 0 {
				err = nil
			}
			return w.word, begin, err
		}
		at := w.at
		w.at.offset++
		if c == '\n' {
			w.at.line++
		}
		switch {
		case c == ' ' || c >= '\t' && c <= '\r':
			if len(w.word) > 0 {
				return w.word, begin, nil
			}
		case len(w.word) == 0:
			begin = at
			w.word = append(w.word, c)
		case len(w.word) <= maxWord: // one more, so that it is too long
			w.word = append(w.word, c)
		}
	}
}

// wordError is a word that is no address.
type wordError struct {
	word string
	at   place // no line: an argument
}

func (e *wordError) Error() string {
	const shown = 60
	word := e.word
	if len(word) > shown {
		word = word[:shown] + "..."
	}
	where := ""
	if e.at.line > 0 {
		where = fmt.Sprintf("line %d, offset %d: ", e.at.line, e.at.offset)
	}
	return fmt.Sprintf("%s%s is neither an IPv4 address as 192.0.2.1 nor an IPv6 address as 2001:db8::1", where, quote.Name(word))
}
