package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/reeftools/reef/internal/quote"
)

// Say tells something in a line of its own on standard error.
func (p *Program) Say(format string, args ...any) {
	fmt.Fprintf(p.Stderr, "%s: %s\n", p.name, quote.Line(fmt.Sprintf(format, args...)))
}

// Count writes how many of something there are: "1 file", "2 files".
func Count[N int | int64 | uint64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// sayError tells each of the errors that err consists of; an interruption, which ends all inputs,
// once.
func (p *Program) sayError(err error) {
	interrupted := false
	for _, line := range messages(err) {
		again := line == errInterrupted.Error() && interrupted
		if interrupted = interrupted || line == errInterrupted.Error(); !again {
			p.Say("%s", line)
		}
	}
}

// messages returns what to say of err: a line for each error that was joined to it.
func messages(err error) []string {
	text := err.Error()
	var usage *usageError
	if errors.As(err, &usage) && usage.msg == text {
		return strings.Split(text, "\n") // of our own: an expression, and where it is wrong
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var texts, lines []string
		for _, e := range joined.Unwrap() {
			texts, lines = append(texts, e.Error()), append(lines, messages(e)...)
		}
		if strings.Join(texts, "\n") == text { // and so not of fmt.Errorf
			return lines
		}
	}
	if inner := errors.Unwrap(err); inner != nil && strings.HasSuffix(text, inner.Error()) {
		if lines := messages(inner); len(lines) > 1 { // several behind what is said of all of them
			before := strings.TrimSuffix(text, inner.Error())
			for i := range lines {
				lines[i] = before + lines[i]
			}
			return lines
		}
	}
	if errors.Is(err, errInterrupted) {
		return []string{errInterrupted.Error()} // where that was is no place of an error
	}
	return []string{quoteNames(err, text)}
}

// quoteNames puts the names of files that the system's errors give as they are in quotes where a
// terminal would not show all of them.
func quoteNames(err error, text string) string {
	var path *fs.PathError
	var link *os.LinkError
	var names []string
	if errors.As(err, &path) {
		names = append(names, path.Path)
	}
	if errors.As(err, &link) {
		names = append(names, link.Old, link.New)
	}
	for _, name := range names {
		if quoted := quote.Name(name); quoted != name && !strings.Contains(text, quoted) {
			text = strings.ReplaceAll(text, name, quoted)
		}
	}
	return text
}
