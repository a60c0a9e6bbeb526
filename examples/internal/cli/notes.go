package cli

import (
	"fmt"

	"github.com/reeftools/reef/pcapio"
)

// Note has something told at the end of the run, in a line of its own on standard error, if n is
// not 0: what may make results other than expected.
func (p *Program) Note(n uint64, format string, args ...any) {
	if n > 0 {
		p.told = append(p.told, fmt.Sprintf(format, args...))
	}
}

// Bound notes that a bound took effect n times, or that damage was passed over, if that is not 0;
// the rest says what it was and what happened. It makes the exit status 1 with -strict.
func (p *Program) Bound(n uint64, format string, args ...any) {
	p.bounded = p.bounded || n > 0
	p.Note(n, format, args...)
}

// Empty has it told at the end of the run, unless an error is told, that the input had none of what
// the program reads, such as flows.
func (p *Program) Empty(what string) { p.empty = append(p.empty, "no "+what+" in the input") }

// AtEnd has tell called when the run has ended, whatever ended it, for its notes.
func (p *Program) AtEnd(tell func()) { p.atEnd = append(p.atEnd, tell) }

// notes tells everything.
func (p *Program) notes(failed bool) {
	p.readerNotes()
	p.fragmentNote()
	for _, tell := range p.atEnd {
		tell()
	}
	if !failed {
		p.emptyNote()
		p.told = append(p.told, p.empty...)
	}
	for _, line := range p.told {
		p.Say("%s", line)
	}
}

// readerNotes tells what the readers met. Of files that end early or are no captures they return
// errors.
func (p *Program) readerNotes() {
	s := p.captures.stats()
	if s.BadTimeUnits > 0 {
		p.Bound(s.BadOptions, "%d pcapng options of an impossible length were passed over: the times of %d interfaces may be wrong", s.BadOptions, s.BadTimeUnits)
	} else {
		p.Bound(s.BadOptions, "%d pcapng options of an impossible length were passed over", s.BadOptions)
	}
	p.Bound(s.LostStatistics, "%d pcapng statistics of interfaces that are not described were passed over", s.LostStatistics)
	p.Bound(s.DroppedNames, "%d names of pcapng were left out: more than are kept", s.DroppedNames)
	p.Bound(s.Gaps, "%d times -resync went on behind damage; %d bytes were passed over there", s.Gaps, s.SkippedBytes)
	p.Note(s.Untimed, "%d packets have no time in the file and were taken for 1970-01-01", s.Untimed)
	p.Bound(s.SaturatedTimes, "%d packets have times before 1677 or after 2262 and got the nearest that is in reach", s.SaturatedTimes)
}

// fragmentNote tells of later fragments that may have lost their ports to the bound on what is
// remembered of first ones.
func (p *Program) fragmentNote() {
	if in := p.captures; in != nil && in.decoder != nil {
		s := in.decoder.Stats()
		n := min(s.FragmentMisses, s.FragmentsEvicted)
		p.Bound(n, "up to %d later fragments lost their ports: only the last %d first fragments are remembered", n, pcapio.DefaultFragmentCache)
	}
}

// emptyNote tells that there was nothing to do.
func (p *Program) emptyNote() {
	if p.captures == nil {
		return
	}
	if p.captures.stats().Records == 0 {
		p.Note(1, "no packets in the input")
	}
}
