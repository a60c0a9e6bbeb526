package flow

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// sampleRecords have each field set in one of them.
func sampleRecords(t *testing.T) []Record {
	t.Helper()
	var list []Record
	keep := RecordWriterFunc(func(r *Record) error { list = append(list, *r); return nil })
	records(t, keep, Config{VLAN: true, Tunnel: true}, outputPackets()...)
	last := list[0]
	last.Part, last.Method, last.Reason = 7, PerimeterMethod, LackOfResources
	last.Start, last.End = -5, 1<<62
	last.Fwd = Counters{Packets: 1<<64 - 1, Bytes: 1 << 63, Flags: pcapio.AE | pcapio.CWR | pcapio.ECE | pcapio.URG}
	last.Key.Src[0] = 1
	last.Key.Version = 6
	return append(list, last)
}

func readAll(src RecordReader) (list []Record, err error) {
	for {
		var r Record
		if err = src.ReadRecord(&r); err != nil {
			if again := src.ReadRecord(&r); again != err {
				return list, errors.New("the error is not sticky")
			}
			return list, err
		}
		list = append(list, r)
	}
}

func TestRoundTrip(t *testing.T) {
	writeAndRead(t, sampleRecords(t))
}

func TestEveryColumnHasAParser(t *testing.T) {
	for _, c := range recordColumns {
		if parsers[c.Name] == nil {
			t.Errorf("no parser for %s", c.Name)
		}
	}
	if len(parsers) != len(recordColumns) {
		t.Errorf("%d parsers for %d columns", len(parsers), len(recordColumns))
	}
}

func TestCSVReaderColumnsByName(t *testing.T) {
	r, err := NewCSVReader(strings.NewReader("dst,mine,src,end_ns,start_ns\n10.0.0.2,\"a,b\",10.0.0.1,9,5\n"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := readAll(r)
	if err != io.EOF || len(got) != 1 || got[0].Start != 5 || got[0].End != 9 || got[0].Key.SrcAddr().String() != "10.0.0.1" || got[0].Key.PortsOK {
		t.Errorf("%v %+v", err, got)
	}
}

func TestBadRecords(t *testing.T) {
	const head, good = "start_ns,end_ns,src,dst,src_port,tcp_flags,tunnel,direction,end_reason,vlan\n", "1,2,::1,::2,,,,,,\n"
	for name, line := range map[string]string{
		"few columns": "1,2\n", "time": "x,2,::1,::2,,,,,,\n", "address": "1,2,1.2.3,::2,,,,,,\n", "families": "1,2,::1,1.2.3.4,,,,,,\n",
		"zone": "1,2,fe80::1%eth0,::2,,,,,,\n", "no address": "1,2,,,,,,,,\n", "port": "1,2,::1,::2,65536,,,,,\n", "flags": "1,2,::1,::2,,SX,,,,\n",
		"tunnel": "1,2,::1,::2,,,all,,,\n", "direction": "1,2,::1,::2,,,,up,,\n", "reason": "1,2,::1,::2,,,,,tired,\n", "vlan": "1,2,::1,::2,,,,,,4096\n",
		"quote": "1,2,\"::1,::2\n",
	} {
		t.Run(name, func(t *testing.T) {
			r, err := NewCSVReader(strings.NewReader(head + good + line))
			if err != nil {
				t.Fatal(err)
			}
			got, err := readAll(r)
			var at *RecordError
			if len(got) != 1 || !errors.As(err, &at) || at.Record != 2 || !errors.Is(err, ErrFormat) {
				t.Errorf("%s: %d records, %v", name, len(got), err)
			}
		})
	}
	for name, line := range map[string]string{
		"cut": `{"start_ns":1`, "list": `[]`, "null": "null", "array": `{"start_ns":[1]}`, "fraction": `{"start_ns":1.5}`, "no address": `{"start_ns":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readAll(NewJSONLReader(strings.NewReader(`{"start_ns":1,"end_ns":2,"src":"::1","dst":"::2"}` + "\n" + line)))
			var at *RecordError
			if len(got) != 1 || !errors.As(err, &at) || at.Record != 2 || !errors.Is(err, ErrFormat) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s: %d records, %v", name, len(got), err)
			}
		})
	}
	for name, text := range map[string]string{"empty": "", "no end": "start_ns,src,dst\n"} {
		t.Run(name, func(t *testing.T) {
			var at *RecordError
			if _, err := NewCSVReader(strings.NewReader(text)); !errors.As(err, &at) || at.Record != 0 || !errors.Is(err, ErrFormat) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

// endless gives begin, and then the same byte for ever, or as long as a test may take.
type endless struct {
	begin string
	fill  byte
	read  int
}

func (e *endless) Read(b []byte) (int, error) {
	if e.read += len(b); e.read > 1<<24 {
		return 0, errors.New("read on and on")
	}
	n := copy(b, e.begin)
	e.begin = e.begin[n:]
	for i := n; i < len(b); i++ {
		b[i] = e.fill
	}
	return len(b), nil
}

func TestRecordsAreBounded(t *testing.T) {
	const head, row, object = "start_ns,end_ns,src,dst,x\n", "1,2,::1,::2,", `{"start_ns":1,"end_ns":2,"src":"::1","dst":"::2","x":"`
	pad := func(n int) string { return strings.Repeat("x", n) }
	for _, c := range []struct {
		name string
		src  io.Reader
		csv  bool
		want int // good records
		err  error
	}{
		{"csv, longest", strings.NewReader(head + strings.Repeat(row+pad(MaxInputRecord-len(row)-1)+"\n", 5)), true, 5, io.EOF},
		{"csv, longer", strings.NewReader(head + row + "\n" + row + pad(MaxInputRecord-len(row)) + "\n"), true, 1, errTooLong},
		{"csv, endless line", &endless{begin: head + row + "\n" + row, fill: 'x'}, true, 1, errTooLong},
		{"csv, open quote", &endless{begin: head + row + "\n" + row + `"`, fill: '\n'}, true, 1, errTooLong},
		{"csv, blank lines", &endless{begin: head + row + "\n", fill: '\n'}, true, 1, errTooLong},
		{"jsonl, longest", strings.NewReader(strings.Repeat(object+pad(MaxInputRecord-len(object)-2)+`"}`, 5)), false, 5, io.EOF},
		{"jsonl, longer", strings.NewReader(object + `"}` + object + pad(MaxInputRecord-len(object)-1) + `"}`), false, 1, errTooLong},
		{"jsonl, endless text", &endless{begin: object + `"}` + object, fill: 'x'}, false, 1, errTooLong},
		{"jsonl, endless nesting", &endless{begin: object + `"}`, fill: '['}, false, 1, ErrFormat},
	} {
		t.Run(c.name, func(t *testing.T) {
			var src RecordReader = NewJSONLReader(c.src)
			if c.csv {
				var err error
				if src, err = NewCSVReader(c.src); err != nil {
					t.Fatal(err)
				}
			}
			got, err := readAll(src)
			var at *RecordError
			if len(got) != c.want || !errors.Is(err, c.err) || err != io.EOF && !(errors.As(err, &at) && at.Record == int64(c.want)+1 && errors.Is(err, ErrFormat)) {
				t.Errorf("%s: %d records, %v", c.name, len(got), err)
			}
		})
	}
	if _, err := NewCSVReader(&endless{fill: 'x'}); !errors.Is(err, errTooLong) {
		t.Errorf("column names: %v", err)
	}
}

func FuzzReaders(f *testing.F) {
	f.Add("start_ns,end_ns,src,dst,src_port,dst_port,tcp_flags,tunnel\n1,2,10.0.0.1,10.0.0.2,5,6,SA,gre\n")
	f.Add(`{"start_ns":1,"end_ns":2,"src":"::1","dst":"::2","tcp_flags":"S","direction":"initiator","end_reason":"forced end"}` + "\n")
	f.Fuzz(func(t *testing.T, text string) {
		var src RecordReader = NewJSONLReader(strings.NewReader(text))
		if c, err := NewCSVReader(strings.NewReader(text)); err == nil {
			src = c
		}
		// What was read must survive being written and read again.
		records, _ := readAll(src)
		writeAndRead(t, records)
	})
}

// FuzzWriters writes a record and reads it again.
func FuzzWriters(f *testing.F) {
	f.Add(int64(-1), int64(1<<62), uint64(1<<63), make([]byte, 56))
	f.Fuzz(func(t *testing.T, start, end int64, count uint64, b []byte) {
		if len(b) < 56 {
			return
		}
		u16 := func(i int) uint16 { return binary.BigEndian.Uint16(b[i:]) }
		r := Record{Start: start, End: end, Fwd: Counters{count, ^count, pcapio.TCPFlags(u16(0) & 0x1ff)}, Rev: Counters{count / 3, count << 1, pcapio.TCPFlags(u16(2) & 0x1ff)},
			Part: binary.BigEndian.Uint32(b[4:]), Reason: EndReason(b[8] % uint8(NumReasons)), Method: DirectionMethod(b[9] % 4)}
		r.Key = Key{Src: [16]byte(b[10:]), Dst: [16]byte(b[26:]), Proto: b[42], Version: 6, VLAN: u16(43) & 0xfff, InnerVLAN: u16(45) & 0xfff,
			Tunnel: 1 << (b[47] % 19) & pcapio.TunnelAll, TunnelID: binary.BigEndian.Uint32(b[48:])}
		if b[52]&1 != 0 {
			r.Key.Version = 4
			copy(r.Key.Src[:], "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff")
			copy(r.Key.Dst[:], r.Key.Src[:12])
		} else if r.Key.SrcAddr().Is4In6() && r.Key.DstAddr().Is4In6() {
			r.Key.Version = 4
		}
		if b[52]&2 != 0 {
			r.Key.PortsOK, r.Key.SrcPort, r.Key.DstPort = true, u16(53), u16(54)
		}
		writeAndRead(t, []Record{r, {Key: r.Key.Reverse()}, r})
	})
}

// writeAndRead writes records as CSV and as JSON Lines and checks that they are read again.
func writeAndRead(t *testing.T, records []Record) {
	t.Helper()
	var text, lines bytes.Buffer
	c, j := NewCSV(&text), NewJSONL(&lines)
	for i := range records {
		if err := errors.Join(c.WriteRecord(&records[i]), j.WriteRecord(&records[i])); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(c.Flush(), j.Flush()); err != nil {
		t.Fatal(err)
	}
	fromCSV, err := NewCSVReader(&text)
	if err != nil {
		t.Fatal(err)
	}
	for _, src := range []RecordReader{fromCSV, NewJSONLReader(&lines)} {
		if got, err := readAll(src); err != io.EOF || !reflect.DeepEqual(got, records) {
			t.Errorf("%T: %v\n%+v\n%+v", src, err, got, records)
		}
	}
}
