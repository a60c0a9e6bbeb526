package edit

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// keptOnce is which of the records in order of time a DedupReader should keep, found by looking
// back at all of them.
func keptOnce(all []pcapio.Record, from []int, cfg DedupConfig) (kept []pcapio.Record) {
	type group struct {
		first pcapio.Record
		kept  int
		seen  [4]int // by input
	}
	var groups []*group
	for i, r := range all {
		var g *group
		for _, h := range groups {
			if h.first.OrigLen == r.OrigLen && h.first.LinkType == r.LinkType && slices.Equal(h.first.Data, r.Data) && r.Time-h.first.Time <= int64(cfg.Window) {
				g = h
			}
		}
		if g == nil {
			g = &group{first: r}
			groups = append(groups, g)
		}
		input := from[i]
		if cfg.Within {
			input = 0
		}
		g.seen[input]++
		if g.kept > 0 && (cfg.Within || g.seen[input] <= g.kept) {
			continue
		}
		g.kept++
		kept = append(kept, r)
	}
	return kept
}

// FuzzDedup compares a DedupReader of inputs in order of time with a search in all that was read
// before.
func FuzzDedup(f *testing.F) {
	f.Add([]byte("\x00\x01\x00\x81\x00\x00\x02\x01\x00\x03\x01\x00\x00\x00\x00\x41\x05\x00"), uint8(0), false)
	// a group whose entries in the queue stand apart
	f.Add([]byte("\x00\xd9*X\x1a\x1a\x1a\x1a\x1a\x1a\x1a\x1a\x1a\x1a\x1a\x1a\x1a\x1a\xc5\xc5\x1a,\x1a\x1a\x1a\x1a\x00\x01\x00\x00\x1a\x1a\x1a\x1a\x01\x00\x10\x00\x01"), uint8(91), false)
	f.Add([]byte("\x00\x01\x00\x00\x01\x00\x00\x01\x00\x01\x01\x00\x01\x02\x00\x01\x05\x00"), uint8(3), true)
	f.Fuzz(func(t *testing.T, in []byte, window uint8, within bool) {
		inputs, fails := fuzzInputs(in)
		for _, list := range inputs {
			slices.SortStableFunc(list, func(a, b pcapio.Record) int { return int(a.Time - b.Time) })
			for i := range list {
				list[i].Interface = 0
			}
		}
		cfg := DedupConfig{Window: time.Duration(window), Within: within}
		all, from := merged(inputs)
		want := keptOnce(all, from, cfg)
		d, err := NewDedup(mergeOf(inputs, fails), cfg)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := readAll(t, d)
		for i := range got {
			got[i].Interface = 0
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("kept %+v\nwant %+v\nof %+v from %v", got, want, all, from)
		}
		if s := d.Stats(); s.Read != uint64(len(all)) || s.Kept != uint64(len(got)) || s.Read != s.Kept+s.Copies {
			t.Errorf("%d read, %d kept: %+v", len(all), len(got), s)
		}
	})
}
