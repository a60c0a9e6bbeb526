// Package quote makes text from outside, such as names of files and interfaces,
// fit for a message.
package quote

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Name returns s as it is if a terminal shows all of it, and otherwise as [strconv.Quote] writes
// it: a name with a newline must not look like two messages, nor one with an escape sequence reach
// the terminal.
func Name(s string) string {
	if printable(s) {
		return s
	}
	return strconv.Quote(s)
}

// Line returns s with what no terminal shows escaped as in [strconv.Quote], but without quotes
// around it.
func Line(s string) string {
	if printable(s) {
		return s
	}
	var b []byte
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch piece := s[:n]; {
		case printable(piece):
			b = append(b, piece...)
		default:
			quoted := strconv.Quote(piece)
			if r == '\t' { // harmless, and in tables that messages quote
				quoted = `"	"`
			}
			b = append(b, quoted[1:len(quoted)-1]...)
		}
		s = s[n:]
	}
	return string(b)
}

func printable(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !strconv.IsPrint(r) }) < 0
}
