package pcapio

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"runtime"
	"testing"
	"testing/iotest"
)

// smallReader has a window that is refilled and grows often.
func smallReader(cfg ReaderConfig) *Reader {
	r := newReader(cfg)
	r.src.buf = make([]byte, 64)
	return r
}

// fuzzReader reads file in all modes and checks what must hold for any input: it ends, with a
// sensible error, in bounded memory; counts agree; and chunking of the input changes nothing.
func fuzzReader(t *testing.T, file []byte) {
	const maxLen = 4096
	for _, resync := range []bool{false, true} {
		cfg := ReaderConfig{MaxRecordLen: maxLen, Resync: resync}
		r := smallReader(cfg)
		err := r.Reset(bytes.NewReader(file))
		var got []Record
		if err == nil {
			got, err = readAll(t, r)
			if s := r.Stats(); s.Records != uint64(len(got)) || s.SkippedBytes > 0 && s.Gaps == 0 {
				t.Errorf("%d records, stats %+v", len(got), s)
			}
			if err == nil && r.InputOffset() > int64(len(file)) {
				t.Errorf("consumed %d of %d bytes", r.InputOffset(), len(file))
			}
		}
		for _, rec := range got {
			if len(rec.Data) > maxLen || rec.OrigLen < 0 {
				t.Errorf("record of %d bytes, %d on the wire", len(rec.Data), rec.OrigLen)
			}
		}
		var fe *FileError
		if err != nil && !errors.As(err, &fe) {
			t.Errorf("error without a place: %v", err)
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, ErrFormat) && !errors.Is(err, ErrUnsupported) {
			t.Errorf("error without a class: %v", err)
		}
		again := smallReader(cfg)
		err2 := again.Reset(iotest.OneByteReader(bytes.NewReader(file)))
		n := 0
		if err2 == nil {
			var rec []Record
			rec, err2 = readAll(t, again)
			n = len(rec)
		}
		if n != len(got) || (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() {
			t.Errorf("%d records and %v, in small pieces %d and %v", len(got), err, n, err2)
		}
	}
}

func FuzzReader(f *testing.F) {
	packets := manyPackets(4)
	for _, file := range resyncFiles(packets) {
		f.Add(file)
	}
	for _, order := range byteOrders {
		file, _, _ := ngSample(order, order)
		f.Add(file)
		f.Add(pcapSpec{order: order, magic: magicNano}.build(threePackets...))
		f.Add(pcapSpec{order: order, magic: magicModified, recordExtra: 8}.build(threePackets...))
		f.Add(pcapSpec{order: order, magic: magicIxiaHW, fileExtra: 4}.build(threePackets...))
		f.Add(pcapSpec{order: order, major: 2, minor: 3}.build(threePackets...))
		// AIX
		f.Add(pcapSpec{order: order, major: 2, minor: 2, link: 6, swapped: true}.build(threePackets...))
		f.Add(sloppyPcapng(order))
	}
	f.Add(buildSnoop(4, threePackets...))
	f.Add(append(buildSnoop(4, threePackets...), smallPcap...))
	f.Fuzz(fuzzReader)
}

func FuzzCompressedReader(f *testing.F) {
	for _, file := range compressedFiles(f) {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var got []Record
		r, err := NewReader(bytes.NewReader(file), ReaderConfig{})
		if err == nil {
			got, err = readAll(t, NewLimit(r, 1000))
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<30 {
			t.Errorf("%d bytes allocated for an input of %d, error %v", n, len(file), err)
		}
		// In pieces the same comes of it, with the same error at the same place.
		var again []Record
		r, errAgain := NewReader(iotest.HalfReader(bytes.NewReader(file)), ReaderConfig{})
		if errAgain == nil {
			again, errAgain = readAll(t, NewLimit(r, 1000))
		}
		if !reflect.DeepEqual(got, again) || (err == nil) != (errAgain == nil) || err != nil && err.Error() != errAgain.Error() {
			t.Errorf("%d records, %v; in pieces %d, %v", len(got), err, len(again), errAgain)
		}
	})
}
