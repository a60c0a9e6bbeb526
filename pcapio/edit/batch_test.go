package edit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/anon"
	"github.com/reeftools/reef/pcapio/filter"
)

// chunks gives so many bytes at a time, so that few records are in memory together.
type chunks struct {
	r io.Reader
	n int
}

func (c chunks) Read(p []byte) (int, error) { return c.r.Read(p[:min(len(p), c.n)]) }

// batchCaptures are captures by name: some of testdata, some with damage behind good records, and
// one with link types that a filter does not fit.
func batchCaptures(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, name := range []string{"web.pcap", "web.pcap.gz", "web.pcapng", "two-interfaces.pcapng", "vlan.pcap"} {
		file, err := os.ReadFile(filepath.Join("../../testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		all[name], all[name+" cut"] = file, file[:len(file)-5]
		all[name+" garbled"] = slices.Concat(file, bytes.Repeat([]byte{0xff}, 100))
	}
	var mixed bytes.Buffer
	w, err := pcapio.NewWriter(&mixed, pcapio.WriterConfig{Format: pcapio.Pcapng})
	if err != nil {
		t.Fatal(err)
	}
	tcp, udp := eth(0x0800, ip4(6, tcpSeg(2, nil, nil))), eth(0x0800, ip4(17, udpSeg(1, 53, nil)))
	for i := range 200 {
		r := pcapio.Record{Time: int64(i/2)*1e8 - int64(i%7)*3e8 + 1e12, LinkType: pcapio.LinkEthernet, Data: tcp, OrigLen: len(tcp) + i}
		switch {
		case i%131 == 0: // the second is in the middle of a batch, as its interface is described before
			r.LinkType, r.Interface = pcapio.LinkRaw, 1
			r.Data = tcp[14:]
		case i%3 == 0:
			r.Data = udp
		}
		r.OrigLen = max(r.OrigLen, len(r.Data))
		err = errors.Join(err, w.WriteRecord(&r))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	all["mixed"] = mixed.Bytes()
	return all
}

// stage is something that records are read from, and what tells of it.
type stage struct {
	src   pcapio.RecordReader
	tells []any // funcs of no argument, called at the end
}

// batchStages make every stage of sources; open makes a new one at each call.
func batchStages(t *testing.T, open, seekable func() *pcapio.Reader) map[string]func() stage {
	compile := func(expr string) *filter.Filter {
		f, err := filter.Compile(expr)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	filtered := func(expr string) func() stage {
		return func() stage {
			src := open()
			r := filter.NewReader(src, compile(expr))
			return stage{r, []any{r.Stats}}
		}
	}
	sliced := func(open func() *pcapio.Reader, w Window, slack int64) func() stage {
		return func() stage {
			src := open()
			s := NewSlicer(src)
			first, _ := s.First()
			if w.Start != math.MinInt64 {
				w := w
				w.Start += first
				if w.End != math.MaxInt64 {
					w.End += first
				}
				s.SetWindow(w)
			}
			s.Slack = slack
			return stage{s, []any{s.Stats, s.Interfaces, s.Origin, src.Stats}}
		}
	}
	transformed := func(transforms ...func() Transform) func() stage {
		return func() stage {
			src := open()
			var list []Transform
			for _, f := range transforms {
				list = append(list, f())
			}
			r := NewTransform(src, list...)
			return stage{r, []any{r.Stats, src.Stats, src.Interfaces, r.Origin}}
		}
	}
	matching := func(expr string) func() Transform { return func() Transform { return compile(expr) } }
	second := int64(time.Second)
	return map[string]func() stage{
		"reader": func() stage { r := open(); return stage{r, []any{r.Stats, r.Interfaces, r.Origin}} },
		"limit": func() stage {
			r := open()
			l := pcapio.NewLimit(r, 50)
			return stage{l, []any{r.Stats, l.Interfaces, l.Origin}}
		},
		"merge": func() stage {
			a, b := open(), open()
			m := pcapio.NewMerge(a, filter.NewReader(b, compile("tcp")), NewTransform(open(), Every(3)))
			return stage{m, []any{m.Interfaces, a.Stats, b.Stats}}
		},
		"merge of nothing":   func() stage { return stage{pcapio.NewMerge(), nil} },
		"filter":             filtered("tcp"),
		"filter of all":      filtered(""),
		"filter of none":     filtered("port 9999"),
		"filter of one link": filtered("not ether multicast"),
		"filter of one link of a window": func() stage {
			s := sliced(open, Window{Start: second, End: math.MaxInt64}, 1)()
			f := filter.NewReader(s.src, compile("not ether multicast"))
			return stage{f, []any{f.Stats}}
		},
		"limited filter": func() stage {
			src := open()
			f := filter.NewReader(src, compile("tcp"))
			l := pcapio.NewLimit(f, 23)
			return stage{l, []any{f.Stats, src.Stats, l.Interfaces}}
		},
		"slicer":                 sliced(open, AllTime, DefaultSliceSlack),
		"slicer of a file":       sliced(seekable, AllTime, DefaultSliceSlack),
		"window":                 sliced(open, Window{Start: second, End: 3 * second}, 1),
		"window of a file":       sliced(seekable, Window{Start: second, End: 2 * second, HalfOpen: true}, 1000),
		"whole window of a file": sliced(seekable, Window{Start: second, End: 2 * second}, -1),
		"end of a file":          sliced(seekable, Window{Start: second, End: math.MaxInt64}, 1000),
		"no transform":           transformed(),
		"matcher":                transformed(matching("tcp")),
		"two matchers":           transformed(matching("tcp"), matching("len > 70")),
		"truncated":              transformed(matching("udp"), func() Transform { return Truncate(20) }),
		"anonymised": transformed(func() Transform {
			a, err := anon.New(make([]byte, anon.KeySize))
			if err != nil {
				t.Fatal(err)
			}
			return a
		}),
		"matched slice": func() stage {
			s := NewSlicer(open())
			r := NewTransform(s, compile("tcp"))
			return stage{r, []any{r.Stats, s.Stats, s.Interfaces}}
		},
		"dedup": func() stage {
			d, err := NewDedup(pcapio.NewMerge(open(), open()), DedupConfig{})
			if err != nil {
				t.Fatal(err)
			}
			return stage{d, []any{d.Stats, d.Interfaces}}
		},
		"function": func() stage { return stage{pcapio.RecordReaderFunc(open().ReadRecord), nil} },
	}
}

// outcome is all that can be seen of a stage that was read to its end.
type outcome struct {
	records []pcapio.Record
	err     string
	tells   string
}

// readStage reads s by read, which fills one record at least of those it is given, to the end.
func readStage(t *testing.T, s stage, size int, read func([]pcapio.Record) (int, error)) (o outcome) {
	t.Helper()
	recs := make([]pcapio.Record, size)
	for {
		n, err := read(recs)
		if err != nil {
			if _, again := read(recs); n != 0 || again == nil || again.Error() != err.Error() {
				t.Errorf("%d records with %v, then %v", n, err, again)
			}
			o.err = err.Error()
			break
		}
		for _, r := range recs[:n] {
			o.records = append(o.records, r.Clone())
		}
	}
	for _, f := range s.tells {
		for _, v := range reflect.ValueOf(f).Call(nil) {
			o.tells += fmt.Sprintf("%+v\n", v.Interface())
		}
	}
	return o
}

// Every stage gives in batches of any size, and in batches between single records, what it gives
// one by one: records, error, counts and interfaces.
func TestBatchesOfEveryStage(t *testing.T) {
	for name, file := range batchCaptures(t) {
		path := filepath.Join(t.TempDir(), "capture")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		seekable := func() *pcapio.Reader {
			r, err := pcapio.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { r.Close() })
			return r
		}
		for _, chunk := range []int{math.MaxInt, 700} {
			open := func() *pcapio.Reader {
				r, err := pcapio.NewReader(chunks{bytes.NewReader(file), chunk}, pcapio.ReaderConfig{})
				if err != nil {
					t.Fatal(err)
				}
				return r
			}
			for kind, make := range batchStages(t, open, seekable) {
				t.Run(fmt.Sprintf("%s/%d/%s", name, chunk, kind), func(t *testing.T) {
					one := make()
					want := readStage(t, one, 1, func(recs []pcapio.Record) (int, error) {
						if err := one.src.ReadRecord(&recs[0]); err != nil {
							return 0, err
						}
						return 1, nil
					})
					for _, size := range []int{1, 2, 7, 64} {
						s := make()
						b := pcapio.Batches(s.src)
						if n, err := b.ReadRecords(nil); n != 0 || err == nil || errors.Is(err, io.EOF) {
							t.Errorf("no room: %d, %v", n, err)
						}
						checkOutcome(t, fmt.Sprintf("batches of %d", size), readStage(t, s, size, b.ReadRecords), want)
					}
					s, turn := make(), 0
					b := pcapio.Batches(s.src)
					checkOutcome(t, "by turns", readStage(t, s, 9, func(recs []pcapio.Record) (int, error) {
						if turn++; turn%3 != 0 {
							return b.ReadRecords(recs[:1+turn%9])
						}
						if err := s.src.ReadRecord(&recs[0]); err != nil {
							return 0, err
						}
						return 1, nil
					}), want)
				})
			}
		}
	}
}

func checkOutcome(t *testing.T, how string, got, want outcome) {
	t.Helper()
	if got.err != want.err || got.tells != want.tells {
		t.Errorf("%s: %s\n%s, one by one %s\n%s", how, got.err, got.tells, want.err, want.tells)
	}
	if len(got.records) != len(want.records) {
		t.Errorf("%s: %d records, one by one %d", how, len(got.records), len(want.records))
		return
	}
	for i := range got.records {
		if !reflect.DeepEqual(got.records[i], want.records[i]) {
			t.Errorf("%s: record %d is %+v, one by one %+v", how, i, got.records[i], want.records[i])
			return
		}
	}
}

// Stages hand out more than one: where the records of a batch all match, all of them at once.
func TestBatchesAreFilled(t *testing.T) {
	file, err := os.ReadFile("../../testdata/web.pcap")
	if err != nil {
		t.Fatal(err)
	}
	open := func() *pcapio.Reader {
		r, err := pcapio.NewReader(bytes.NewReader(file), pcapio.ReaderConfig{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	all, err := filter.Compile("")
	if err != nil {
		t.Fatal(err)
	}
	slicer := NewSlicer(open())
	if err := slicer.ReadRecord(new(pcapio.Record)); err != nil { // it has this one already
		t.Fatal(err)
	}
	for name, src := range map[string]pcapio.RecordReader{
		"filter":     filter.NewReader(open(), all),
		"matcher":    NewTransform(open(), all),
		"slicer":     slicer,
		"merge":      pcapio.NewMerge(open()),
		"all of all": pcapio.NewLimit(filter.NewReader(NewTransform(pcapio.NewMerge(open()), all), all), 100),
	} {
		t.Run(name, func(t *testing.T) {
			b, ok := src.(pcapio.RecordBatchReader)
			if !ok {
				t.Fatal("no batches")
			}
			if n, err := b.ReadRecords(make([]pcapio.Record, 32)); n != 32 || err != nil {
				t.Errorf("%d records, %v; want 32", n, err)
			}
		})
	}
}
