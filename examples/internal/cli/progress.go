package cli

import (
	"fmt"
	"io"
	"strings"
	"time"
)

const barWidth = 40

// bar is a progress bar on one line of a terminal, redrawn ten times a second.
type bar struct {
	w       io.Writer
	size    int64
	started time.Time
	drawn   time.Time
	line    int // characters on the terminal
}

func newBar(w io.Writer, size int64) *bar { return &bar{w: w, size: size, started: time.Now()} }

// show draws the bar for done bytes, unless it was drawn just now.
func (b *bar) show(done int64) {
	now := time.Now()
	if now.Sub(b.drawn) < 100*time.Millisecond {
		return
	}
	b.drawn = now
	b.draw(done, now.Sub(b.started))
}

func (b *bar) draw(done int64, elapsed time.Duration) {
	share := min(float64(done)/float64(b.size), 1)
	filled := int(share * barWidth)
	left := "--:--"
	if share > 0 {
		rest := time.Duration(float64(elapsed) * (1/share - 1)).Round(time.Second)
		left = fmt.Sprintf("%02d:%02d", int(rest.Minutes()), int(rest.Seconds())%60)
	}
	line := fmt.Sprintf("[%s%s] %3.0f %%  %s of %s  %s left", strings.Repeat("#", filled), strings.Repeat(".", barWidth-filled),
		100*share, size(done), size(b.size), left)
	fmt.Fprintf(b.w, "\r%-*s", b.line, line)
	b.line = len(line)
}

// clear takes the bar off the terminal.
func (b *bar) clear() {
	if b.line > 0 {
		fmt.Fprintf(b.w, "\r%*s\r", b.line, "")
		b.line = 0
	}
}

// size writes n bytes with a unit of 1000.
func size(n int64) string {
	f, unit := float64(n), 0
	for f >= 1000 && unit < 5 {
		f, unit = f/1000, unit+1
	}
	return fmt.Sprintf("%.3g %s", f, [...]string{"B", "kB", "MB", "GB", "TB", "PB"}[unit])
}
