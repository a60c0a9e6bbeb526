package tcpstat

import (
	"fmt"
	"io"
	"strings"
)

// DefaultFormat is tcpstat's.
const DefaultFormat = `Time:%S\tn=%n\tavg=%a\tstddev=%d\tbps=%b\n`

// op is a piece of a format: text, a substitution, or a change of the file descriptor that what
// follows goes to.
type op struct {
	kind opKind
	text string // the text, or the name of the substitution: a letter, or the word in braces
	fd   int
}

type opKind uint8

const (
	opText opKind = iota
	opValue
	opFD
)

// maxFD bounds the file descriptors that a format can name.
const maxFD = 1 << 16

// parseLayout takes a format apart. known tells which substitutions there are; words says whether
// %{word} and %% are among them. A substitution that is not known is text, as in tcpstat.
func parseLayout(format string, known func(name string) bool, words bool) ([]op, error) {
	var ops []op
	var text strings.Builder
	add := func(o op) {
		if text.Len() > 0 {
			ops = append(ops, op{kind: opText, text: text.String()})
			text.Reset()
		}
		ops = append(ops, o)
	}
	for i := 0; i < len(format); i++ {
		c := format[i]
		switch {
		case i+1 == len(format) && c == '\\': // a lone backslash at the end vanishes
		case i+1 == len(format) || c != '\\' && c != '%':
			text.WriteByte(c)
		case c == '\\':
			i++
			text.WriteByte(unescape(format[i]))
		case '0' <= format[i+1] && format[i+1] <= '9':
			fd := 0
			for i+1 < len(format) && '0' <= format[i+1] && format[i+1] <= '9' {
				i++
				if fd = fd*10 + int(format[i]-'0'); fd > maxFD {
					return nil, fmt.Errorf("%w: file descriptor in %q is over %d", ErrFormat, format, maxFD)
				}
			}
			add(op{kind: opFD, fd: fd})
		case words && format[i+1] == '%':
			i++
			text.WriteByte('%')
		case words && format[i+1] == '{':
			word, _, ok := strings.Cut(format[i+2:], "}")
			if !ok || !known(word) {
				return nil, fmt.Errorf("%w: unknown substitution %%{%s}", ErrFormat, word)
			}
			add(op{kind: opValue, text: word})
			i += len(word) + 2
		case known(format[i+1 : i+2]):
			i++
			add(op{kind: opValue, text: format[i : i+1]})
		default:
			i++
			text.WriteByte('%')
			text.WriteByte(format[i])
		}
	}
	if text.Len() > 0 {
		ops = append(ops, op{kind: opText, text: text.String()})
	}
	return ops, nil
}

// unescape returns what a backslash and c stand for.
func unescape(c byte) byte {
	if i := strings.IndexByte("abfnrtv", c); i >= 0 {
		return "\a\b\f\n\r\t\v"[i]
	}
	return c
}

// Outputs says where rows go.
type Outputs struct {
	// Stdout takes what is for file descriptor 1: everything, unless the format changes it.
	Stdout io.Writer
	// Open returns the writer for another file descriptor, when it is first used. nil refuses all
	// others.
	Open func(fd int) (io.Writer, error)

	others map[int]io.Writer
}

func (o *Outputs) writer(fd int) (io.Writer, error) {
	if fd == 1 {
		return o.Stdout, nil
	}
	if w := o.others[fd]; w != nil {
		return w, nil
	}
	if o.Open == nil {
		return nil, fmt.Errorf("%w: no file descriptor %d", ErrFormat, fd)
	}
	w, err := o.Open(fd)
	if err != nil {
		return nil, fmt.Errorf("tcpstat: file descriptor %d: %w", fd, err)
	}
	if o.others == nil {
		o.others = map[int]io.Writer{}
	}
	o.others[fd] = w
	return w, nil
}

// write writes one row; value appends a substitution to b. It returns b to be used again.
func (o *Outputs) write(ops []op, b []byte, value func(b []byte, name string) []byte) ([]byte, error) {
	b = b[:0]
	fd := 1
	send := func() error {
		if len(b) == 0 {
			return nil
		}
		w, err := o.writer(fd)
		if err == nil {
			_, err = w.Write(b)
		}
		b = b[:0]
		return err
	}
	for i := range ops {
		switch ops[i].kind {
		case opText:
			b = append(b, ops[i].text...)
		case opValue:
			b = value(b, ops[i].text)
		case opFD:
			if err := send(); err != nil {
				return b, err
			}
			fd = ops[i].fd
		}
	}
	return b, send()
}
