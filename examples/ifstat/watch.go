package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/intervalstat/ifcounter"
)

// changes prints what was counted from one snapshot to the next.
type changes struct {
	p      *cli.Program
	names  []string // of interfaces, none: all
	asJSON bool
	before *ifcounter.Snapshot

	resets, absent uint64 // what the rows do not have, for notes
}

// watch prints the changes of each interval as soon as it ends, until a signal comes.
func watch(p *cli.Program, interval time.Duration, count uint64, asJSON bool) error {
	before, err := ifcounter.Read()
	if err != nil {
		return err
	}
	c := &changes{p: p, names: p.Flags.Args(), asJSON: asJSON, before: before}
	if _, missing := choose(before, c.names); missing != nil {
		return missing
	}
	p.AtEnd(c.notes)
	if !asJSON {
		printChangeHeader(p.Stdout)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ticks := time.NewTicker(interval)
	defer ticks.Stop()
	for n := uint64(0); count == 0 || n < count; n++ {
		if err := p.Stdout.Flush(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
		after, err := ifcounter.Read()
		if err != nil {
			return err
		}
		if err := c.print(after); err != nil {
			return err
		}
	}
	return nil
}

// print prints a row for each interface that was there before.
func (c *changes) print(after *ifcounter.Snapshot) error {
	chosen, _ := choose(after, c.names) // an interface that has gone may come back
	for _, name := range c.names {
		if after.Lookup(name) == nil {
			c.absent++
		}
	}
	for _, i := range chosen {
		change, ok := ifcounter.Diff(c.before, after, i)
		if change.Reset {
			c.resets++
		}
		switch {
		case !ok: // new: the next interval has it
			c.absent++
		case c.asJSON:
			if err := printChangeJSON(c.p.Stdout, after.Time, &change); err != nil {
				return err
			}
		default:
			printChange(c.p.Stdout, after.Time, &change)
		}
	}
	c.before = after
	return nil
}

// notes tells what the rows do not have.
func (c *changes) notes() {
	c.p.Bound(c.resets, "%s without what was counted before a reset", cli.Count(c.resets, "row is", "rows are"))
	c.p.Bound(c.absent, "%s missing: the interface was not there at both ends of the interval", cli.Count(c.absent, "row is", "rows are"))
}
