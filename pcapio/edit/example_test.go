package edit_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/edit"
)

// seconds is a capture with a record at each of some seconds.
func seconds(at ...int64) pcapio.RecordReader {
	return pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
		if len(at) == 0 {
			return io.EOF
		}
		*r = pcapio.Record{Time: at[0] * 1e9, OrigLen: 60, LinkType: pcapio.LinkRaw, Data: fmt.Appendf(nil, "packet at %d", at[0])}
		at = at[1:]
		return nil
	})
}

// printAll prints the data of all records.
func printAll(src pcapio.RecordReader) {
	var r pcapio.Record
	for src.ReadRecord(&r) == nil {
		fmt.Printf("%s\n", r.Data)
	}
}

func ExampleNewRotator() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	w, err := edit.NewRotator(edit.RotateConfig{
		Name:     filepath.Join(dir, "%H%M-%i.pcap"),
		Interval: time.Minute,
		Align:    true,
		Finished: func(f edit.RotatedFile) { fmt.Println(filepath.Base(f.Name), f.Records) },
	})
	if err != nil {
		log.Fatal(err)
	}
	src := seconds(3590, 3599, 3600, 3725)
	var r pcapio.Record
	for src.ReadRecord(&r) == nil {
		if err := w.WriteRecord(&r); err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 0059-1.pcap 2
	// 0100-2.pcap 1
	// 0102-3.pcap 1
}

func ExampleParseTimeSpec() {
	first := time.Date(2011, 3, 18, 19, 6, 7, 0, time.UTC).UnixNano() // of the first packet
	for _, text := range []string{"19h6m30s", "+1h30m", "1300475168.5", "2011-03-18T20:00:00+01:00"} {
		spec, err := edit.ParseTimeSpec(text)
		if err != nil {
			log.Fatal(err)
		}
		at, err := spec.At(first, time.UTC)
		fmt.Println(time.Unix(0, at).UTC(), err)
	}
	_, err := edit.ParseTimeSpec("25h")
	fmt.Println(err)
	// Output:
	// 2011-03-18 19:06:30 +0000 UTC <nil>
	// 2011-03-18 20:36:07 +0000 UTC <nil>
	// 2011-03-18 19:06:08.5 +0000 UTC <nil>
	// 2011-03-18 19:00:00 +0000 UTC <nil>
	// edit: time "25h": hour 25 is not from 0 to 23
}

func ExampleIsTimeSpec() {
	fmt.Println(edit.IsTimeSpec("+10"), edit.IsTimeSpec("monday.pcap"))
	// Output: true false
}

func ExampleNewSlicer() {
	// or of a file: pcapio.Open("monday.pcap")
	s := edit.NewSlicer(seconds(1000, 1001, 1005, 1002, 1007))
	first, ok := s.First()
	if !ok {
		return
	}
	w, err := edit.ParseWindow("+1", "+2", first, time.UTC)
	if err != nil {
		log.Fatal(err)
	}
	s.SetWindow(w)
	printAll(s)
	fmt.Printf("%+v\n", s.Stats())
	// Output:
	// packet at 1001
	// packet at 1002
	// {Read:5 Kept:2 Before:1 After:2 OutOfOrder:1 Unread:0}
}

// A capture that is not complete is not to be found under its name.
func ExampleRotator_Abandon() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	w, err := edit.NewRotator(edit.RotateConfig{Name: filepath.Join(dir, "out.pcap")})
	if err != nil {
		log.Fatal(err)
	}
	_, err = pcapio.CopyRecords(w, seconds(1, -1))
	var refused *pcapio.RefusedError
	if errors.As(err, &refused) {
		fmt.Println("refused:", refused.Err)
		file, left, err := w.Abandon(false)
		fmt.Printf("%s had %d packet, left is %q, %v\n", filepath.Base(file.Name), file.Records, left, err)
	}
	// Output:
	// refused: pcapio: time out of the range of the file format: pcap has 1970 to 2106
	// out.pcap had 1 packet, left is "", <nil>
}

func ExampleNewDedup() {
	tap1, tap2 := seconds(1, 2, 3), seconds(2, 3, 4)
	d, err := edit.NewDedup(pcapio.NewMerge(tap1, tap2), edit.DedupConfig{})
	if err != nil {
		log.Fatal(err)
	}
	printAll(d)
	fmt.Printf("%+v\n", d.Stats())
	// Output:
	// packet at 1
	// packet at 2
	// packet at 3
	// packet at 4
	// {Read:6 Kept:4 Copies:2 Forgotten:0}
}

// A packet is a copy one hop on, too, where it has other MAC addresses and a lower TTL.
func ExampleDedupLayer() {
	packet := func(mac, ttl byte) []byte {
		return []byte{2, 0, 0, 0, 0, mac, 2, 0, 0, 0, 0, 9, 8, 0, 0x45, 0, 0, 20, 0, 1, 0, 0, ttl, 253, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2}
	}
	packets := [][]byte{packet(1, 64), packet(2, 63)}
	mirror := pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
		if len(packets) == 0 {
			return io.EOF
		}
		*r = pcapio.Record{LinkType: pcapio.LinkEthernet, Data: packets[0], OrigLen: 34}
		packets = packets[1:]
		return nil
	})
	d, err := edit.NewDedup(pcapio.NewMerge(mirror), edit.DedupConfig{Layer: edit.DedupIP, Window: time.Millisecond, Within: true})
	if err != nil {
		log.Fatal(err)
	}
	var r pcapio.Record
	for d.ReadRecord(&r) == nil {
	}
	fmt.Printf("%v: %+v\n", edit.DedupIP, d.Stats())
	// Output: ip: {Read:2 Kept:1 Copies:1 Forgotten:0}
}

func ExampleNewTransform() {
	t := edit.NewTransform(seconds(10, 11, 12, 13), edit.Every(2), edit.Truncate(9), edit.Shift(time.Hour))
	var r pcapio.Record
	for t.ReadRecord(&r) == nil {
		fmt.Printf("%v %q of %d bytes\n", r.Timestamp().Format(time.TimeOnly), r.Data, r.OrigLen)
	}
	s := t.Stats()
	fmt.Println(s.Read, "read,", s.Kept, "kept,", s.Dropped, "dropped by each")
	// Output:
	// 01:00:10 "packet at" of 60 bytes
	// 01:00:12 "packet at" of 60 bytes
	// 4 read, 2 kept, [2 0 0] dropped by each
}

func ExampleScale() {
	slower, err := edit.Scale(3, 2)
	if err != nil {
		log.Fatal(err)
	}
	t := edit.NewTransform(seconds(10, 12), slower)
	var r pcapio.Record
	for t.ReadRecord(&r) == nil {
		fmt.Println(r.Time / 1e9)
	}
	// Output:
	// 10
	// 13
}

func ExampleStripLink() {
	r, err := pcapio.Open("../../testdata/vlan.pcap")
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	t := edit.NewTransform(r, edit.StripLink())
	var rec pcapio.Record
	if err := t.ReadRecord(&rec); err != nil {
		log.Fatal(err)
	}
	fmt.Println(rec.LinkType, "version", rec.Data[0]>>4)
	// Output: Raw IP version 4
}

func ExampleTruncateAfter() {
	r, err := pcapio.Open("../../testdata/web.pcap")
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	headers, err := edit.TruncateAfter(edit.CutTransport, pcapio.DecodeConfig{}, false)
	if err != nil {
		log.Fatal(err)
	}
	t := edit.NewTransform(r, headers)
	longest := 0
	var rec pcapio.Record
	for t.ReadRecord(&rec) == nil {
		longest = max(longest, len(rec.Data))
	}
	fmt.Println(longest <= 14+60+60)
	// Output: true
}

func ExampleSampleFlows() {
	r, err := pcapio.Open("../../testdata/web.pcap")
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	sample, err := edit.SampleFlows(4, 42, pcapio.DecodeConfig{})
	if err != nil {
		log.Fatal(err)
	}
	t := edit.NewTransform(r, sample)
	printNothing(t)
	s := t.Stats()
	fmt.Println(s.Read == s.Kept+s.Dropped[0], s.Kept < s.Read)
	// Output: true true
}

func ExampleFixChecksums() {
	r, err := pcapio.Open("../../testdata/web.pcap")
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	hops := edit.TransformFunc(func(r *pcapio.Record) bool { // changes bytes: in a copy
		r.Data = bytes.Clone(r.Data)
		if len(r.Data) > 22 {
			r.Data[22] = 1 // time to live
		}
		return true
	})
	t := edit.NewTransform(r, hops, edit.FixChecksums())
	fmt.Println(printNothing(t))
	// Output: EOF
}

// printNothing reads to the end.
func printNothing(src pcapio.RecordReader) error {
	var r pcapio.Record
	for {
		if err := src.ReadRecord(&r); err != nil {
			return err
		}
	}
}
