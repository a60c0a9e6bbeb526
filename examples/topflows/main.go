// Command topflows prints the largest flows, hosts, services or countries of t2
// files, as CoralReef's t2_top does.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/flow/coral"
)

const help = `
Topflows adds up the rows of t2 flow files, as the program flows writes them, and prints the largest sums: a line of column names,
then the largest first, separated by tabs. Times are seconds since 1970. Files may be compressed. Without FILE, or for -, it reads
standard input. What does not fit into -mem bytes of memory goes through temporary files: the sums stay exact.

  -agg tuple    the five-tuple              -agg proto    IP protocol
  -agg src      source address              -agg port     protocol and the lower port
  -agg dst      destination address         -agg country  country of the source address, None where unknown
  -agg pair     two addresses in any order

Example: flows monday.pcap | topflows -by bytes -n 10 -agg src`

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(argv []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := cli.New("topflows", "[FILE.t2...]", help)
	p.Stdin, p.OfCapture = stdin, "the program flows makes a list of its flows"
	sortBy := p.Flags.String("by", "pkts", "sort by pkts, bytes or flows")
	n := p.Flags.Uint("n", 10, "print so many; 0 prints all")
	agg := p.Flags.String("agg", "tuple", "add up by tuple, src, dst, pair, proto, port or country")
	db := p.Flags.String("db", "", "country `DATABASE`, MMDB or GeoIP.dat; without it the installed one")
	mem := p.Size("mem", cli.DefaultMem(), "`BYTES` of memory for the sums, from 1048576 on; the rest goes to temporary files; 0 sets no bound")
	return p.Run(argv, stdout, stderr, func() error {
		if err := errors.Join(cli.Choice("by", *sortBy, "pkts,bytes,flows"), cli.Choice("agg", *agg, "tuple,src,dst,pair,proto,port,country")); err != nil {
			return err
		}
		field, err := coral.ParseField(*sortBy)
		if err != nil {
			return err
		}
		sums, done, err := newAggregate(*agg, *db, *mem)
		if err != nil {
			return err
		}
		if *mem > 0 { // garbage must not take what the sums leave
			defer cli.LimitMemory(*mem)()
		}
		var rows uint64
		err = p.EachFile(func(name string, r io.Reader) error {
			n, err := addFile(sums, name, r)
			rows += n
			return err
		})
		if rows == 0 {
			p.Empty("flows")
		}
		p.Spilled(sums.Spilled())
		fmt.Fprintf(p.Stdout, "#%s\n", sums.By().Columns())
		var line []byte
		topErr := sums.Top(int(min(*n, 1<<30)), field, func(e *coral.Entry) error {
			line = append(sums.AppendEntry(line[:0], e), '\n')
			_, err := p.Stdout.Write(line)
			return err
		})
		return errors.Join(err, topErr, sums.Close(), done())
	})
}

// newAggregate returns the sums that -agg asks for, and what to call when they are not needed any
// longer.
func newAggregate(agg, db string, mem int64) (*coral.ExternalAggregate, func() error, error) {
	cfg := coral.ExternalConfig{Memory: mem}
	if err := cfg.Validate(); err != nil {
		return nil, nil, cli.Usagef("-mem: %v", err)
	}
	if agg != "country" {
		by, err := coral.ParseBy(agg)
		if err != nil {
			return nil, nil, err
		}
		sums, err := coral.NewExternalAggregate(cfg, by, nil)
		return sums, func() error { return nil }, err
	}
	places, err := openCountries(db)
	if err != nil {
		return nil, nil, err
	}
	sums, err := coral.NewExternalAggregate(cfg, coral.ByName, places.name())
	return sums, places.close, err
}

// addFile adds up one file and returns how many rows it has. What is bad in it keeps nothing else
// from being counted.
func addFile(sums *coral.ExternalAggregate, name string, r io.Reader) (uint64, error) {
	rows := coral.NewReader(r)
	rows.File = name
	_, err := coral.Copy(sums, rows)
	s := rows.Stats()
	if s.Skipped > 0 {
		err = errors.Join(err, fmt.Errorf("%d of %d rows skipped, first %w", s.Skipped, s.Rows+s.Skipped, s.FirstBad))
	}
	return s.Rows, err
}
