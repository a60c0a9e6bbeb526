package main

import (
	"errors"
	"fmt"
	"io"
	"net/netip"

	"github.com/reeftools/reef/geo"
	"github.com/reeftools/reef/internal/quote"
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
func (l *lookups) readWords(name string, r io.Reader) error {
	words := newWordReader(r)
	for {
		word, at, err := words.next()
		if err == io.EOF {
			return l.bad()
		}
		if err != nil {
			return errors.Join(l.bad(), fmt.Errorf("%s: line %d, offset %d: %w", name, words.at.line, words.at.offset, err))
		}
		if err := l.print(string(word), at); err != nil {
			return err
		}
	}
}

// print looks one up. A word that is no address is told at the end.
func (l *lookups) print(word string, at place) error {
	addr, err := netip.ParseAddr(word)
	if err != nil || len(word) > maxWord { // of which the end may be missing
		if l.notAddrs++; l.firstBad == nil {
			l.firstBad = &wordError{word, at}
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
	line := quote.Name(word) + " " + code // a zone may be anything
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
	if l.notAddrs == 1 {
		return l.firstBad
	}
	return fmt.Errorf("%d words are no addresses, the first: %w", l.notAddrs, l.firstBad)
}
