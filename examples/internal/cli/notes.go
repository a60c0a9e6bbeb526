package cli

import "fmt"

// notes tells in one line each which bounds took effect, and what the readers met that may make results other than expected. Of damage they
// return errors.
func (p *Program) notes() {
	if p.spilled != "" {
		fmt.Fprintf(p.Stderr, "%s: %s\n", p.name, p.spilled)
	}
	for _, b := range p.bounds {
		fmt.Fprintf(p.Stderr, "%s: %s\n", p.name, b)
	}
	var options, times, statistics, untimed, saturated int64
	for _, r := range p.readers {
		s := r.Stats()
		options, times, statistics = options+s.BadOptions, times+s.BadTimeUnits, statistics+s.LostStatistics
		untimed, saturated = untimed+s.Untimed, saturated+s.SaturatedTimes
	}
	note := func(n int64, format string, args ...any) {
		if n > 0 {
			fmt.Fprintf(p.Stderr, "%s: %s\n", p.name, fmt.Sprintf(format, args...))
		}
	}
	if times > 0 {
		note(options, "%d pcapng options of an impossible length were passed over: the times of %d interfaces may be wrong", options, times)
	} else {
		note(options, "%d pcapng options of an impossible length were passed over", options)
	}
	note(statistics, "%d pcapng statistics of interfaces that are not described were passed over", statistics)
	note(untimed, "%d packets have no time in the file and were taken for 1970-01-01", untimed)
	note(saturated, "%d packets have times before 1677 or after 2262 and got the nearest that is in reach", saturated)
}
