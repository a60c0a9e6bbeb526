package cli

import (
	"fmt"
	"runtime/debug"
)

// Budget is the memory in bytes that the default bounds of the programs keep to in all.
const Budget = 1 << 30

// Fit returns the default n of a bound, less in proportion if the environment variable GOMEMLIMIT leaves less than Budget.
func Fit(n int) int { return fit(n, debug.SetMemoryLimit(-1)) }

func fit(n int, limit int64) int {
	if limit >= Budget {
		return n
	}
	return max(int(float64(n)*(float64(max(limit, 0))/Budget)), min(n, 1))
}

// Bound notes that a bound took effect n times, if that is not 0; the rest says what it was and what happened. It is told at the end, in a line
// of its own, and makes the exit status 1 with -strict.
func (p *Program) Bound(n uint64, format string, args ...any) {
	if n > 0 {
		p.bounds = append(p.bounds, fmt.Sprintf(format, args...))
	}
}
