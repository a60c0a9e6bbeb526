package cli

import (
	"errors"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/filter"
)

// Filter returns what -f asks for, nil if it is not given. An expression that fits no link type of
// the captures, as far as they are known, is refused, as tcpdump does.
func (p *Program) Filter(readers ...*pcapio.Reader) (*filter.Filter, error) {
	if *p.filter == "" {
		return nil, nil
	}
	f, err := filter.Compile(*p.filter)
	if err != nil {
		var syntax *filter.SyntaxError
		if errors.As(err, &syntax) {
			return nil, Usagef("-f: %v\n%s", err, syntax.Caret())
		}
		return nil, Usagef("-f: %v", err)
	}
	var refused error
	for _, r := range readers {
		for _, i := range r.Interfaces() {
			err := f.Check(i.LinkType)
			if err == nil {
				return f, nil
			}
			refused = err
		}
	}
	return f, refused
}

// Matching returns the records of r that match -f, r itself without it, and has it told if none of
// them do.
func (p *Program) Matching(r *pcapio.Reader) (pcapio.RecordReader, error) {
	f, err := p.Filter(r)
	if err != nil || f == nil {
		return r, err
	}
	matching := filter.NewReader(r, f)
	p.AtEnd(func() {
		if s := matching.Stats(); s.Kept == 0 {
			p.Note(s.Dropped, "none of %s matches -f", Count(s.Dropped, "packet", "packets"))
		}
	})
	return matching, nil
}
