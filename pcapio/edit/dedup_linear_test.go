package edit

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// The steps that a DedupReader takes over its queue grow with the records, whatever their order and
// however many inputs there are: each entry is put in, moved to the front less than once on
// average, and taken out.
func TestDedupIsLinear(t *testing.T) {
	words := func(n int, word func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(word(i) + " ")
		}
		return b.String()
	}
	window := DedupConfig{Window: 10 * time.Second}
	for _, tt := range []struct {
		name   string
		cfg    DedupConfig
		inputs func(n int) []string // of n records in all
	}{
		{"different ones in order", window, func(n int) []string {
			return []string{words(n, func(i int) string { return fmt.Sprintf("x%d@%d", i, i) })}
		}},
		{"one content, times that jump", window, func(n int) []string {
			return []string{words(n, func(i int) string { return fmt.Sprintf("x@%d", i%2*100) })}
		}},
		{"one content, times that jump back, many inputs", window, func(n int) []string {
			var list []string
			for range 50 {
				list = append(list, words(n/50, func(i int) string { return fmt.Sprintf("x@%d", 100_000-20*i) }))
			}
			return list
		}},
		{"as many inputs as records", window, func(n int) []string {
			var list []string
			for i := range n {
				list = append(list, fmt.Sprintf("x@%d", 50*(i%2)))
			}
			return list
		}},
		{"one far ahead, then many", window, func(n int) []string {
			return []string{"z@90000000 " + words(n, func(i int) string { return fmt.Sprintf("x%d@%d", i, i) })}
		}},
		{"over the bound", DedupConfig{Window: 1e6 * time.Second, Records: 100}, func(n int) []string {
			return []string{words(n, func(i int) string { return fmt.Sprintf("x%d@%d", i, i) }), words(n, func(i int) string { return fmt.Sprintf("x%d@%d", i/2, i) })}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			work := func(n int) int {
				var readers []pcapio.RecordReader
				for _, text := range tt.inputs(n) {
					readers = append(readers, wordSource(text))
				}
				d, err := NewDedup(pcapio.NewMerge(readers...), tt.cfg)
				if err != nil {
					t.Fatal(err)
				}
				var r pcapio.Record
				for err == nil {
					err = d.ReadRecord(&r)
				}
				if err != io.EOF {
					t.Fatal(err)
				}
				if len(d.seen) > len(d.queue)-d.head || len(d.kept) > len(d.queue)-d.head {
					t.Errorf("%d sightings and %d groups are kept for a queue of %d", len(d.seen), len(d.kept), len(d.queue)-d.head)
				}
				if read := d.stats.Read; uint64(d.work) > 2*read {
					t.Errorf("%d steps for %d records", d.work, read)
				}
				return d.work
			}
			if few, many := work(1000), work(4000); many > 5*few+100 {
				t.Errorf("%d steps for 1000 records, %d for 4000", few, many)
			}
		})
	}
}
