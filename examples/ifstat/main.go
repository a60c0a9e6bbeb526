// Command ifstat prints the counters of the network interfaces, as ip -s link
// does.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/intervalstat/ifcounter"
)

const help = `
Ifstat prints the network interfaces and their counters as "ip -s link" does, or those of them that are named.

With -interval it prints what was counted in each interval and per second, until it is stopped or -count intervals have passed.
Counters that wrap are followed; after a reset the row has what was counted since, and says so. How many rows that were, and how many
are missing because an interface was away, is told at the end.

Example: ifstat -interval 1s eth0`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(argv []string, stdout, stderr io.Writer) int {
	p := cli.New("ifstat", "[IFACE...]", help)
	asJSON := p.Flags.Bool("json", false, "JSON: a list as of ip -j -s link with all counters, or one object per line with -interval")
	interval := p.Duration("interval", 0, "print changes at this interval; 0 prints the counters once")
	count := p.Flags.Uint64("count", 0, "stop after so many intervals; 0 goes on")
	return p.Run(argv, stdout, stderr, func() error {
		if *interval < 0 || *count > 0 && *interval == 0 {
			return cli.Usagef("-interval must be positive, and -count needs it")
		}
		if *interval > 0 {
			return watch(p, *interval, *count, *asJSON)
		}
		s, err := ifcounter.Read()
		if err != nil {
			return err
		}
		chosen, missing := choose(s, p.Flags.Args())
		if *asJSON {
			return errors.Join(printJSON(p.Stdout, s, chosen), missing)
		}
		for _, i := range chosen {
			printLink(p.Stdout, s, &s.Interfaces[i])
		}
		return missing
	})
}

// choose returns the positions of the interfaces of these names, all if there are none, and an
// error that lists those not found.
func choose(s *ifcounter.Snapshot, names []string) (chosen []int, missing error) {
	for i := range s.Interfaces {
		if len(names) == 0 || slices.Contains(names, s.Interfaces[i].Name) {
			chosen = append(chosen, i)
		}
	}
	for _, name := range names {
		if s.Lookup(name) == nil {
			missing = errors.Join(missing, fmt.Errorf("no interface %s", name))
		}
	}
	return chosen, missing
}
