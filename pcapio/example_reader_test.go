package pcapio_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/reeftools/reef/pcapio"
)

// writePcap writes a capture with one-byte packets of raw IP at the given seconds and returns its
// content.
func writePcap(seconds ...uint32) []byte {
	file := []byte("\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x65\x00\x00\x00")
	for _, s := range seconds {
		file = append(file, byte(s), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 40, 0, 0, 0, 0x45)
	}
	return file
}

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	first, second := filepath.Join(dir, "first.pcap"), filepath.Join(dir, "second.pcap")
	for name, content := range map[string][]byte{first: writePcap(1, 2), second: writePcap(3)} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			log.Fatal(err)
		}
	}

	r, err := pcapio.Open(first, second)
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	var rec pcapio.Record
	for {
		err := r.ReadRecord(&rec)
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(rec.Timestamp().Format("15:04:05"), len(rec.Data), rec.OrigLen, rec.LinkType)
	}
	fmt.Println(r.InputOffset(), "of", r.Size(), "bytes")
	// Output:
	// 00:00:01 1 40 Raw IP
	// 00:00:02 1 40 Raw IP
	// 00:00:03 1 40 Raw IP
	// 99 of 99 bytes
}

func ExampleNewReader() {
	// A capture of two packets, compressed by gzip.
	file, err := base64.StdEncoding.DecodeString(
		"H4sIAAAAAAACA7tyeNNCJgYWBhj4/5+BIRVIM0L5IFoDiF2Z0AUAlkUBtzoAAAA=")
	if err != nil {
		log.Fatal(err)
	}
	r, err := pcapio.NewReader(bytes.NewReader(file), pcapio.ReaderConfig{MaxRecordLen: 65535})
	if err != nil {
		log.Fatal(err)
	}
	var rec pcapio.Record
	for err = r.ReadRecord(&rec); err == nil; err = r.ReadRecord(&rec) {
		fmt.Println(rec.Time, len(rec.Data))
	}
	fmt.Println(err)
	// Output:
	// 1000000000 1
	// 2000000000 1
	// EOF
}

func ExampleFileError() {
	file := writePcap(1, 2, 3)
	r, err := pcapio.NewReader(bytes.NewReader(file[:len(file)-1]), pcapio.ReaderConfig{})
	if err != nil {
		log.Fatal(err)
	}
	var rec pcapio.Record
	n := 0
	for err = r.ReadRecord(&rec); err == nil; err = r.ReadRecord(&rec) {
		n++
	}
	var damage *pcapio.FileError
	if errors.As(err, &damage) {
		fmt.Println(n, "good records, then a bad one at byte", damage.Offset)
		fmt.Println("cut:", errors.Is(err, io.ErrUnexpectedEOF))
	}
	// Output:
	// 2 good records, then a bad one at byte 58
	// cut: true
}

func ExampleReaderConfig_resync() {
	file := writePcap(1, 2, 3, 4, 5)
	damaged := append(append(append([]byte(nil), file[:58]...), "some junk that a disk wrote"...), file[58:]...)
	r, err := pcapio.NewReader(bytes.NewReader(damaged), pcapio.ReaderConfig{Resync: true})
	if err != nil {
		log.Fatal(err)
	}
	var rec pcapio.Record
	for err = r.ReadRecord(&rec); err == nil; err = r.ReadRecord(&rec) {
		fmt.Print(rec.Timestamp().Second(), " ")
	}
	s := r.Stats()
	fmt.Println(err, s.Records, "records,", s.SkippedBytes, "bytes skipped")
	// Output:
	// 1 2 3 4 5 EOF 5 records, 27 bytes skipped
}

func ExampleNewMerge() {
	var taps []pcapio.RecordReader
	for _, file := range [][]byte{writePcap(1, 4, 5), writePcap(2, 3, 6)} {
		r, err := pcapio.NewReader(bytes.NewReader(file), pcapio.ReaderConfig{})
		if err != nil {
			log.Fatal(err)
		}
		taps = append(taps, r)
	}
	merged := pcapio.NewMerge(taps...)
	var rec pcapio.Record
	var err error
	for err = merged.ReadRecord(&rec); err == nil; err = merged.ReadRecord(&rec) {
		fmt.Printf("%d from interface %d\n", rec.Timestamp().Second(), rec.Interface)
	}
	fmt.Println(err)
	// Output:
	// 1 from interface 0
	// 2 from interface 1
	// 3 from interface 1
	// 4 from interface 0
	// 5 from interface 0
	// 6 from interface 1
	// EOF
}

func ExampleNewLimit() {
	r, err := pcapio.NewReader(bytes.NewReader(writePcap(1, 2, 3)), pcapio.ReaderConfig{})
	if err != nil {
		log.Fatal(err)
	}
	first := pcapio.NewLimit(r, 2)
	var rec pcapio.Record
	for first.ReadRecord(&rec) == nil {
		fmt.Println(rec.Timestamp().Second())
	}
	// Output:
	// 1
	// 2
}

// A list may be compressed, or not.
func ExampleDecompress() {
	var stored bytes.Buffer
	z := gzip.NewWriter(&stored)
	if _, err := io.WriteString(z, "10.0.0.1 10.0.0.2 5\n"); err != nil {
		log.Fatal(err)
	}
	if err := z.Close(); err != nil {
		log.Fatal(err)
	}
	lines := bufio.NewScanner(pcapio.Decompress(&stored))
	for lines.Scan() {
		fmt.Println(lines.Text())
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
	// Output: 10.0.0.1 10.0.0.2 5
}
