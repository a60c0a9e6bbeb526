// Command country prints the country of each address.
package main

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/reeftools/reef/examples/internal/cli"
	"github.com/reeftools/reef/geo"
)

const help = `
Country prints ADDRESS CC for each IPv4 or IPv6 address, where CC is the code of its country in two letters; None if it is not
known. Without ADDRESS it reads words from standard input. It uses the databases that are installed, MMDB or legacy GeoIP.dat;
-db names others, separated by commas: of several that know something the first counts.

Example: country 8.8.8.8 2001:4860:4860::8888
         cut -d' ' -f1 flows.txt | country -v -db GeoLite2-City.mmdb,GeoLite2-ASN.mmdb`

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(argv []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := cli.New("country", "[ADDRESS...]", help)
	files := p.Flags.String("db", "", "`DATABASES`, separated by commas; without it those that are installed")
	verbose := p.Flags.Bool("v", false, "print name, city, autonomous system, prefix, class and database as well")
	return p.Run(argv, stdout, stderr, func() (err error) {
		paths := strings.Split(*files, ",")
		if *files == "" {
			paths = geo.Find()
		}
		db, err := geo.Open(paths...)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		cache, err := geo.NewCache(geo.CacheConfig{}, db)
		if err != nil {
			return err
		}
		l := &lookups{w: p.Stdout, cache: cache, verbose: *verbose}
		if p.Flags.NArg() == 0 {
			p.Stdin = stdin
			return p.EachFile(l.readWords)
		}
		for _, word := range p.Flags.Args() {
			if err := l.print(word, place{}); err != nil {
				return err
			}
		}
		return l.bad()
	})
}
