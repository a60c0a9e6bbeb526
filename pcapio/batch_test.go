package pcapio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"testing"
)

// readBatches reads all there is in batches of n.
func readBatches[T, C any](n int, read func([]T) (int, error), clone func(*T) C) ([]C, error) {
	var list []C
	batch := make([]T, n)
	for {
		k, err := read(batch)
		if err == io.EOF {
			return list, nil
		} else if err != nil {
			return list, err
		}
		for i := range batch[:k] {
			list = append(list, clone(&batch[i]))
		}
	}
}

// checkBatches compares reading file in batches with reading its records one by one.
func checkBatches(t *testing.T, file []byte, cfg ReaderConfig) {
	t.Helper()
	one := smallReader(cfg)
	var want []Record
	wantErr := one.Reset(bytes.NewReader(file))
	if wantErr == nil {
		want, wantErr = readAll(t, one)
	}
	for _, n := range []int{1, 2, 64} {
		r := smallReader(cfg)
		r.src.buf = make([]byte, 512)
		var got []Record
		err := r.Reset(bytes.NewReader(file))
		if err == nil {
			got, err = readBatches(n, r.ReadRecords, (*Record).Clone)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("batches of %d: records %+v, one by one %+v", n, got, want)
		}
		if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Errorf("batches of %d: error %v, one by one %v", n, err, wantErr)
		}
		if r.Stats() != one.Stats() || r.InputOffset() != one.InputOffset() {
			t.Errorf("batches of %d: at %d with %+v, one by one at %d with %+v", n, r.InputOffset(), r.Stats(), one.InputOffset(), one.Stats())
		}
	}
}

// batchFiles are captures of all formats, and pcap files with every oddity in the middle.
func batchFiles() [][]byte {
	var files [][]byte
	for _, file := range resyncFiles(manyPackets(4)) {
		files = append(files, file)
	}
	for _, order := range byteOrders {
		ng, _, _ := ngSample(order, order)
		files = append(files, ng, pcapSpec{order: order, magic: magicNano}.build(threePackets...),
			pcapSpec{order: order, magic: magicModified, recordExtra: 8}.build(threePackets...),
			pcapSpec{order: order, magic: magicIxiaHW, fileExtra: 4}.build(threePackets...),
			pcapSpec{order: order, major: 2, minor: 3}.build(threePackets...))
	}
	files = append(files, buildSnoop(4, threePackets...))
	head := "\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x01\x00\x00\x00"
	plain := "\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x40\x00\x00\x00abc"
	for _, odd := range []string{
		// two million microseconds
		"\x01\x00\x00\x00\x80\x84\x1e\x00\x01\x00\x00\x00\x40\x00\x00\x00a",
		// longer than the wire
		"\x01\x00\x00\x00\x02\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00ab",
		// longer than the snap length
		"\x01\x00\x00\x00\x02\x00\x00\x00\x05\x00\x00\x00\x40\x00\x00\x00abcde",
		"\x01\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\xff\xff\xff\xffa", // huge on the wire
		// latest time there is
		"\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\x00\x00\x40\x00\x00\x00a",
		"\x01\x00\x00\x00\x02\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xffa", // damage
		"\x01\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",  // empty
		// the next record's first byte is its last
		"\x01\x00\x00\x00\x02\x00\x00\x00\x04\x00\x00\x00\x40\x00\x00\x00abc",
	} {
		files = append(files, []byte(head+plain+odd+plain+plain), []byte(head+odd), []byte(head+plain+plain+odd))
	}
	return files
}

func TestReadRecords(t *testing.T) {
	for _, file := range batchFiles() {
		for _, cfg := range []ReaderConfig{{}, {MaxRecordLen: 4096, Resync: true}, {Libpcap: true}, {MaxRecordLen: 2}} {
			checkBatches(t, file, cfg)
			checkBatches(t, file[:len(file)-1], cfg)
		}
	}
	r := smallReader(ReaderConfig{})
	if err := r.Reset(bytes.NewReader(smallPcap)); err != nil {
		t.Fatal(err)
	}
	if n, err := r.ReadRecords(nil); n != 0 || err == nil || errors.Is(err, io.EOF) {
		t.Errorf("no room: %d, %v", n, err)
	}
}

// All formats give as many records as are in memory, but for those that Resync looks at one by one.
func TestReadRecordsFills(t *testing.T) {
	packets := manyPackets(6)
	files := resyncFiles(packets)
	files["pcap big-endian"] = pcapSpec{order: binary.BigEndian, link: 1}.build(packets...)
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			r, err := NewReader(bytes.NewReader(file), ReaderConfig{})
			if err != nil {
				t.Fatal(err)
			}
			n, err := r.ReadRecords(make([]Record, 10))
			if n != 6 || err != nil {
				t.Errorf("%d records, %v; want all 6", n, err)
			}
			if n, err := r.ReadRecords(make([]Record, 10)); n != 0 || err != io.EOF {
				t.Errorf("at the end %d records, %v", n, err)
			}
		})
	}
}

// A pipe that has given one record must not be asked for another.
func TestReadRecordsDoesNotWait(t *testing.T) {
	pr, pw := io.Pipe()
	defer pr.Close()
	file := pcapSpec{}.build(threePackets...)
	go pw.Write(file[:len(file)-1]) // all but the end of the third, and then silence
	r, err := NewReader(pr, ReaderConfig{})
	if err != nil {
		t.Fatal(err)
	}
	recs := make([]Record, 8)
	if n, err := r.ReadRecords(recs); n != 2 || err != nil {
		t.Errorf("%d records, %v; want the two that are whole", n, err)
	}
}

func TestCopyRecordsInBatches(t *testing.T) {
	full := errors.New("full")
	file := pcapSpec{}.build(manyPackets(200)...)
	r, err := NewReader(bytes.NewReader(file), ReaderConfig{})
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	n, err := CopyRecords(RecordWriterFunc(func(*Record) error {
		if taken == 150 {
			return full
		}
		taken++
		return nil
	}), r)
	if n != 150 || err != full {
		t.Errorf("%d records, %v; want 150 and the writer's error", n, err)
	}
	if r, err = NewReader(bytes.NewReader(file[:len(file)-1]), ReaderConfig{}); err != nil {
		t.Fatal(err)
	}
	n, err = CopyRecords(RecordWriterFunc(func(*Record) error { return nil }), r)
	if n != 199 || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut file: %d records, %v", n, err)
	}
}

func TestReadRecordsAllocs(t *testing.T) {
	file := pcapSpec{}.build(manyPackets(20000)...)
	r, err := NewReader(bytes.NewReader(file), ReaderConfig{})
	if err != nil {
		t.Fatal(err)
	}
	recs := make([]Record, 8)
	if n := testing.AllocsPerRun(1000, func() {
		if _, err := r.ReadRecords(recs); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations for a batch", n)
	}
}

func FuzzReadRecords(f *testing.F) {
	for _, file := range batchFiles() {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		checkBatches(t, file, ReaderConfig{MaxRecordLen: 4096})
		checkBatches(t, file, ReaderConfig{MaxRecordLen: 4096, Resync: true, Libpcap: true})
	})
}
