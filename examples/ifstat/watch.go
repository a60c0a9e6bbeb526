package main

import (
	"time"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/intervalstat/ifcounter"
)

// watch prints the changes of each interval as soon as it ends.
func watch(p *cli.Program, interval time.Duration, count uint64, asJSON bool) error {
	names := p.Flags.Args()
	before, err := ifcounter.Read()
	if err != nil {
		return err
	}
	if _, missing := choose(before, names); missing != nil {
		return missing
	}
	if !asJSON {
		printChangeHeader(p.Stdout)
	}
	ticks := time.NewTicker(interval)
	defer ticks.Stop()
	for n := uint64(0); count == 0 || n < count; n++ {
		if err := p.Stdout.Flush(); err != nil {
			return err
		}
		<-ticks.C
		after, err := ifcounter.Read()
		if err != nil {
			return err
		}
		chosen, _ := choose(after, names) // an interface that has gone may come back
		for _, i := range chosen {
			c, ok := ifcounter.Diff(before, after, i)
			switch {
			case !ok: // new: the next interval has it
			case asJSON:
				if err := printChangeJSON(p.Stdout, after.Time, &c); err != nil {
					return err
				}
			default:
				printChange(p.Stdout, after.Time, &c)
			}
		}
		before = after
	}
	return nil
}
