package filter

import (
	"errors"
	"fmt"
	"strings"

	"github.com/reeftools/reef/pcapio"
)

// Causes of a [LinkError]. Test for them with [errors.Is].
var (
	// ErrRejectsAll means that no packet of the link type can match, as in "ip and arp".
	ErrRejectsAll = errors.New("expression rejects all packets")
	// ErrLoop means that the expression needs a loop, which a socket filter may not have.
	ErrLoop = errors.New("protochain needs a loop, which socket filters do not allow")
)

// SyntaxError is an expression that is wrong for every link type.
type SyntaxError struct {
	Expr   string
	Column int // in bytes from 1, where the bad word begins; len(Expr)+1 for a missing word
	Msg    string
}

// Error gives the message with the column.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("filter expression: column %d: %s", e.Column, e.Msg)
}

// Caret returns the expression and below it a line with ^ under the bad word, for display in a
// fixed-width font.
func (e *SyntaxError) Caret() string {
	line := strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, e.Expr)
	before := []rune(e.Expr[:min(max(e.Column-1, 0), len(e.Expr))])
	return line + "\n" + strings.Repeat(" ", len(before)) + "^"
}

// LinkError is a good expression that cannot be applied to one link type.
type LinkError struct {
	LinkType pcapio.LinkType
	Err      error
}

// Error names the link type and the cause.
func (e *LinkError) Error() string {
	return fmt.Sprintf("filter expression on %v: %v", e.LinkType, e.Err)
}

// Unwrap returns the cause.
func (e *LinkError) Unwrap() error { return e.Err }
