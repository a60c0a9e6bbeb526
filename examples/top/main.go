// Command top prints the largest flows, hosts, services or countries of t2 files, as CoralReef's t2_top does:
//
//	top [-by pkts,bytes,flows] [-n 10] [-agg tuple,src,dst,pair,proto,port,country] [FILE.t2...]
//
// Each flag takes one of the words listed. Without files, or for "-", it reads standard input. It prints a line of column names and then
// the largest first, tab-separated; times are seconds since 1970. A country is that of the source address, None where unknown.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/reeftools/reef/flow/coral"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is the program; it returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("top", flag.ContinueOnError)
	flags.SetOutput(stderr)
	sortBy := flags.String("by", "pkts", "sort by `FIELD`: pkts, bytes or flows")
	n := flags.Uint("n", 10, "print the `N` largest; 0 prints all")
	agg := flags.String("agg", "tuple", "add up by `KEY`: tuple, src, dst, pair, proto, port or country")
	db := flags.String("db", "", "country `DATABASE`, MMDB or GeoIP.dat; without it the installed one")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	field, err := coral.ParseField(*sortBy)
	by, byErr := coral.ByName, error(nil)
	if *agg != "country" {
		if by, byErr = coral.ParseBy(*agg); by == coral.ByName {
			byErr = fmt.Errorf("unknown aggregation %q", *agg)
		}
	}
	if err = errors.Join(err, byErr); err != nil {
		fmt.Fprintln(stderr, "top:", err)
		return 2
	}
	if err := top(stdout, stdin, flags.Args(), by, *db, field, *n); err != nil {
		fmt.Fprintln(stderr, "top:", err)
		return 1
	}
	return 0
}

// top adds up all files and prints the n largest sums. What is bad in one file keeps nothing else from being counted.
func top(stdout io.Writer, stdin io.Reader, files []string, by coral.By, db string, field coral.Field, n uint) (err error) {
	var places countries // this program's names
	if by == coral.ByName {
		if places, err = openCountries(db); err != nil {
			return err
		}
	}
	sums, err := coral.NewAggregate(by, places.name())
	if err != nil {
		return err
	}
	if len(files) == 0 {
		files = []string{"-"}
	}
	for _, file := range files {
		err = errors.Join(err, read(sums, file, stdin))
	}
	out := bufio.NewWriter(stdout)
	fmt.Fprintf(out, "#%s\n", by.Columns())
	for _, e := range sums.Top(int(min(n, 1<<30)), field) {
		fmt.Fprintf(out, "%s\n", sums.AppendEntry(nil, &e))
	}
	return errors.Join(err, places.close(), out.Flush())
}

// read adds up one file.
func read(sums *coral.Aggregate, file string, stdin io.Reader) error {
	r := coral.NewReader(stdin)
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		r = coral.NewReader(f)
	}
	r.File = file
	_, err := coral.Copy(sums, r)
	if s := r.Stats(); s.Skipped > 0 {
		err = errors.Join(err, fmt.Errorf("%d of %d rows skipped, first %w", s.Skipped, s.Rows+s.Skipped, s.FirstBad))
	}
	return err
}
