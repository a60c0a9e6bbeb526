// Command country prints the country of each address:
//
//	country [-db FILE] [-v] ADDRESS...
//
// It prints ADDRESS CC, or ADDRESS None where the country is not known; -v adds what else the database has. FILE is an MMDB or a
// legacy GeoIP.dat, or several separated by commas; without it, the databases that are installed are found. Without addresses,
// they are read from standard input, one a line.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"

	"github.com/reeftools/reef/geo"
)

func main() {
	file := flag.String("db", "", "databases, separated by commas")
	verbose := flag.Bool("v", false, "print name, city, autonomous system, prefix, class and database as well")
	flag.Parse()
	paths := geo.Find()
	if *file != "" {
		paths = strings.Split(*file, ",")
	}
	status := 0
	if err := run(os.Stdout, paths, addresses(flag.Args(), os.Stdin), *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "country:", err)
		status = 1
	}
	os.Exit(status)
}

// addresses returns a function that gives one word after the other, of the arguments or else of in, and io.EOF at the end.
func addresses(args []string, in io.Reader) func() (string, error) {
	if len(args) > 0 {
		in = strings.NewReader(strings.Join(args, "\n"))
	}
	words := bufio.NewScanner(in)
	words.Split(bufio.ScanWords)
	return func() (string, error) {
		if words.Scan() {
			return words.Text(), nil
		}
		if err := words.Err(); err != nil {
			return "", err
		}
		return "", io.EOF
	}
}

// run prints a line for each word; those that are no addresses are joined to an error.
func run(w io.Writer, paths []string, next func() (string, error), verbose bool) (err error) {
	db, err := geo.Open(paths...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	out := bufio.NewWriter(w)
	defer func() { err = errors.Join(err, out.Flush()) }()
	cache := geo.NewCache(db, geo.CacheConfig{})
	var bad error
	for {
		word, err := next()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return bad
			}
			return err
		}
		addr, err := netip.ParseAddr(word)
		if err != nil {
			bad = errors.Join(bad, err)
			continue
		}
		a, err := cache.Lookup(addr)
		if err != nil {
			return err
		}
		code := a.Country
		if code == "" {
			code = "None"
		}
		fmt.Fprint(out, word, " ", code)
		if verbose {
			fmt.Fprintf(out, "\t%s\t%s\tAS%d %s\t%v\t%v", a.CountryName, a.City, a.ASN, a.Organization, a.Prefix, a.Class)
			if a.Database != nil {
				fmt.Fprintf(out, "\t%s %s", a.Database.Kind, a.Database.Built.Format("2006-01-02"))
			}
		}
		fmt.Fprintln(out)
	}
}
