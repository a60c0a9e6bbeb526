package cli

import "runtime/debug"

// Budget is the memory in bytes that the default bounds of the programs keep to in all.
const Budget = 1 << 30

// Fit returns the default n of a bound, less in proportion if the environment variable GOMEMLIMIT
// leaves less than Budget.
func Fit(n int) int { return fit(n, debug.SetMemoryLimit(-1)) }

func fit(n int, limit int64) int {
	if limit >= Budget {
		return n
	}
	return max(int(float64(n)*(float64(max(limit, 0))/Budget)), min(n, 1))
}

// DefaultMem is the default of -mem, the memory of a table that goes on in temporary files.
func DefaultMem() int64 { return int64(max(Fit(Budget/4*3), 8<<20)) }

// LimitMemory makes the collector of garbage keep to mem bytes, as far as GOMEMLIMIT does not ask
// for less, and returns what ends that.
func LimitMemory(mem int64) (end func()) {
	before := debug.SetMemoryLimit(-1)
	debug.SetMemoryLimit(min(mem, before))
	return func() { debug.SetMemoryLimit(before) }
}

// Spilled tells that a table went on in temporary files, if it did. Nothing is left out by that.
func (p *Program) Spilled(files int) {
	p.Note(uint64(files), "what is beyond -mem went through %d temporary files", files)
}
