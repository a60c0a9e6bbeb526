package cli

import "runtime/debug"

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
