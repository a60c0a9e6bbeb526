package edit

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// wordSource makes a reader of records "payload@seconds".
func wordSource(text string) pcapio.RecordReader {
	words := strings.Fields(text)
	return pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
		if len(words) == 0 {
			return io.EOF
		}
		payload, at, _ := strings.Cut(words[0], "@")
		words = words[1:]
		d, err := time.ParseDuration(at + "s")
		*r = pcapio.Record{Time: int64(d), LinkType: pcapio.LinkRaw, OrigLen: 100, Data: []byte(payload)}
		return err
	})
}

func dedup(t *testing.T, cfg DedupConfig, inputs ...string) (string, DedupStats) {
	t.Helper()
	var readers []pcapio.RecordReader
	for _, text := range inputs {
		readers = append(readers, wordSource(text))
	}
	d, err := NewDedup(pcapio.NewMerge(readers...), cfg)
	if err != nil {
		t.Fatal(err)
	}
	all, err := readAll(t, d)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, r := range all {
		words = append(words, string(r.Data))
	}
	s := d.Stats()
	if s.Kept != uint64(len(all)) || s.Read != s.Kept+s.Copies {
		t.Errorf("%+v, %d records", s, len(all))
	}
	return strings.Join(words, " "), s
}

func TestDedup(t *testing.T) {
	// The captures on which tcpslice's result depends on their order.
	const m1, m2 = "10@1000 11@1001 11@1001 12@1003", "11@1001 20@1002 12@1003.000001 21@1005"
	second := DedupConfig{Window: time.Second}
	within := DedupConfig{Window: time.Second, Within: true}
	for _, test := range []struct {
		name   string
		cfg    DedupConfig
		inputs []string
		want   string
	}{
		{"m1 m2", DedupConfig{}, []string{m1, m2}, "10 11 11 20 12 12 21"},
		{"m2 m1", DedupConfig{}, []string{m2, m1}, "10 11 11 20 12 12 21"},
		{"m1 m1", DedupConfig{}, []string{m1, m1}, "10 11 11 12"},
		{"m1 m2 m1", DedupConfig{}, []string{m1, m2, m1}, "10 11 11 20 12 12 21"},
		{"one input", DedupConfig{}, []string{m1}, "10 11 11 12"},
		{"window", second, []string{m1, m2}, "10 11 11 20 12 21"},
		{"window, one input", within, []string{m1}, "10 11 12"},
		{"window ends", within, []string{"a@1 a@1.5 a@2 a@2.5 a@3.6"}, "a a a"},
		{"none", DedupConfig{}, []string{"", ""}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, s := dedup(t, test.cfg, test.inputs...); got != test.want {
				t.Errorf("%s, want %s; %+v", got, test.want, s)
			}
		})
	}
	if _, err := NewDedup(pcapio.NewMerge(), DedupConfig{Window: -1}); err == nil {
		t.Error("negative window taken")
	}
}

// TestDedupOrder merges the same three captures in all orders.
func TestDedupOrder(t *testing.T) {
	var texts [3]string
	for i := range 300 {
		texts[i%3] += fmt.Sprintf(" %d@%d", i%7*i%5, i/20)
		texts[(i+i/50)%3] += fmt.Sprintf(" %d@%d", i%4, i/20)
	}
	for _, cfg := range []DedupConfig{{}, {Window: 2 * time.Second}, {Window: 3 * time.Second, Within: true}} {
		var first []string
		for _, order := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
			out, _ := dedup(t, cfg, texts[order[0]], texts[order[1]], texts[order[2]])
			words := strings.Fields(out)
			sort.Strings(words)
			if first == nil {
				first = words
			}
			if !slices.Equal(words, first) {
				t.Errorf("%+v: order %v gives %d records, the first order %d", cfg, order, len(words), len(first))
			}
		}
	}
}

func TestDedupMemory(t *testing.T) {
	n := int64(0)
	data := make([]byte, 8)
	src := pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
		n++
		for i := range data {
			data[i] = byte(n >> (8 * i))
		}
		*r = pcapio.Record{Time: n * 1e6, LinkType: pcapio.LinkRaw, Data: data}
		return nil
	})
	d, err := NewDedup(pcapio.NewMerge(src), DedupConfig{Window: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	var r pcapio.Record
	read := func() { err = errors.Join(err, d.ReadRecord(&r)) }
	for range 50_000 {
		read()
	}
	if len(d.kept) > 102 || len(d.seen) > 102 || len(d.queue) > 300 || err != nil {
		t.Errorf("%d groups, %d counts, queue of %d, %v", len(d.kept), len(d.seen), len(d.queue), err)
	}
	if allocs := testing.AllocsPerRun(10_000, read); allocs != 0 {
		t.Errorf("%v allocations per record", allocs)
	}
}

// A bound on what is remembered lets copies through, and never loses a packet.
func TestDedupBound(t *testing.T) {
	within := func(n int) DedupConfig { return DedupConfig{Window: time.Hour, Within: true, Records: n} }
	for _, test := range []struct {
		name   string
		cfg    DedupConfig
		inputs []string
		want   string
		stats  DedupStats
	}{
		{"room", within(3), []string{"a@1 b@2 c@3 a@4 b@5 c@6"}, "a b c", DedupStats{6, 3, 3, 0}},
		{"d takes the place of a", within(3), []string{"a@1 b@2 c@3 a@4 d@5 d@6 a@7"}, "a b c d a", DedupStats{7, 5, 2, 2}},
		{"always too late", within(2), []string{"a@1 b@2 c@3 a@4 b@5 c@6"}, "a b c a b c", DedupStats{6, 6, 0, 4}},
		// The second x needs the place of the first, so it is new.
		{"own group", DedupConfig{Records: 1}, []string{"x@1", "x@1"}, "x x", DedupStats{2, 2, 0, 1}},
		// a counts in both inputs, which fills the bound; b in the first forgets a in both, so the
		// third a is new.
		{"two inputs", DedupConfig{Window: time.Hour, Records: 2}, []string{"a@1 b@2", "a@1 a@3"}, "a b a", DedupStats{4, 3, 1, 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, s := dedup(t, test.cfg, test.inputs...); got != test.want || s != test.stats {
				t.Errorf("%s, want %s; %+v, want %+v", got, test.want, s, test.stats)
			}
		})
	}
	if _, err := NewDedup(pcapio.NewMerge(), DedupConfig{Records: -1}); err == nil {
		t.Error("negative bound taken")
	}
}

// Times that go to and fro begin a group with each record, and all of one time end none.
func TestDedupBoundHolds(t *testing.T) {
	for name, timeOf := range map[string]func(i int) int64{
		"to and fro": func(i int) int64 { return int64(i%2) * 3600e9 },
		"stands":     func(int) int64 { return 0 },
		"backwards":  func(i int) int64 { return -int64(i) * 1e9 },
	} {
		t.Run(name, func(t *testing.T) {
			for _, contents := range []int{1, 7, 1 << 20} {
				const records, bound = 5000, 100
				i := 0
				src := pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
					if i == records {
						return io.EOF
					}
					*r = pcapio.Record{Time: timeOf(i), LinkType: pcapio.LinkRaw, Data: fmt.Append(nil, i%contents)}
					i++
					return nil
				})
				d, err := NewDedup(pcapio.NewMerge(src), DedupConfig{Window: time.Second, Records: bound})
				if err != nil {
					t.Fatal(err)
				}
				for err == nil {
					err = d.ReadRecord(&pcapio.Record{})
					if live := len(d.queue) - d.head; live > bound || len(d.kept) > bound || len(d.seen) > bound || len(d.queue) > 2*bound+2 {
						t.Fatalf("%d contents: %d live of %d, %d groups, %d counts", contents, live, len(d.queue), len(d.kept), len(d.seen))
					}
				}
				if s := d.Stats(); s.Read != records || s.Read != s.Kept+s.Copies {
					t.Errorf("%+v", s)
				}
			}
		})
	}
}

// What stands for a content is another number in each reader, so that no packet can be made in
// advance to look like a copy of another.
func TestDedupSecretHash(t *testing.T) {
	r := pcapio.Record{Data: []byte("content")}
	var all []content
	for range 4 {
		d, err := NewDedup(pcapio.NewMerge(), DedupConfig{})
		if err != nil {
			t.Fatal(err)
		}
		c := d.contentOf(&r)
		if c.hash1 == c.hash2 || c != d.contentOf(&r) {
			t.Errorf("%+v, %+v", c, d.contentOf(&r))
		}
		for _, other := range all {
			if c.hash1 == other.hash1 || c.hash2 == other.hash2 {
				t.Errorf("two readers have %+v and %+v", c, other)
			}
		}
		all = append(all, c)
	}
}
