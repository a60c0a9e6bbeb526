package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"

	"github.com/reeftools/reef/geo"
)

// lookups prints a line for each address.
type lookups struct {
	w        io.Writer
	cache    *geo.Cache
	verbose  bool
	notAddrs int
	firstBad error
}

// readWords looks up the words of r.
func (l *lookups) readWords(_ string, r io.Reader) error {
	words := bufio.NewScanner(r)
	words.Split(bufio.ScanWords)
	for words.Scan() {
		if err := l.print(words.Text()); err != nil {
			return err
		}
	}
	return errors.Join(l.bad(), words.Err())
}

// print looks one up. A word that is no address is told at the end.
func (l *lookups) print(word string) error {
	addr, err := netip.ParseAddr(word)
	if err != nil {
		if l.notAddrs++; l.firstBad == nil {
			l.firstBad = err
		}
		return nil
	}
	a, err := l.cache.Lookup(addr)
	if err != nil {
		return err
	}
	code := a.Country
	if code == "" {
		code = "None"
	}
	line := word + " " + code
	if l.verbose {
		line += fmt.Sprintf("\t%s\t%s\tAS%d %s\t%v\t%v", a.CountryName, a.City, a.ASN, a.Organization, a.Prefix, a.Class)
		if a.Database != nil {
			line += fmt.Sprintf("\t%s %s", a.Database.Kind, a.Database.Built.Format("2006-01-02"))
		}
	}
	_, err = io.WriteString(l.w, line+"\n")
	return err
}

// bad tells about words that were no addresses.
func (l *lookups) bad() error {
	if l.firstBad == nil {
		return nil
	}
	return fmt.Errorf("%d words are no addresses, the first: %w", l.notAddrs, l.firstBad)
}
