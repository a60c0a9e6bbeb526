package pcapio

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"testing"
)

// piecemeal gives its bytes in pieces of random length, now and then none, and the last ones with
// or before the end of the file.
type piecemeal struct {
	rest []byte
	rng  *rand.Rand
}

func (p *piecemeal) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	if len(b) == 0 || p.rng.IntN(20) == 0 {
		return 0, nil
	}
	n := copy(b, p.rest[:1+p.rng.IntN(min(len(p.rest), 1<<p.rng.IntN(14)))])
	if p.rest = p.rest[n:]; len(p.rest) == 0 && p.rng.IntN(2) == 0 {
		return n, io.EOF
	}
	return n, nil
}

// reading is all that comes of a file.
type reading struct {
	records []Record
	err     string
	stats   ReaderStats
	offset  int64
}

// readFile reads all of src; a batch of 0 reads record by record.
func readFile(src io.Reader, cfg ReaderConfig, batch int) reading {
	r, err := NewReader(src, cfg)
	if err != nil {
		return reading{err: err.Error()}
	}
	var got reading
	if batch > 0 {
		got.records, err = readBatches(batch, r.ReadRecords, (*Record).Clone)
	} else {
		got.records, err = readBatches(1, func(one []Record) (int, error) { return 1, r.ReadRecord(&one[0]) }, (*Record).Clone)
	}
	if err != nil {
		got.err = err.Error()
	}
	got.stats, got.offset = r.Stats(), r.InputOffset()
	return got
}

// damage changes a few places of a file, so that one that was whole becomes one that nearly is.
func damage(file []byte, rng *rand.Rand, times int) []byte {
	odd := []byte{0, 1, 0x7f, 0x80, 0xff}
	for range times {
		at := rng.IntN(len(file) + 1)
		switch rng.IntN(6) {
		case 0: // bytes lost
			file = append(file[:at:at], file[min(len(file), at+rng.IntN(9)):]...)
		case 1: // bytes too many
			file = append(append(file[:at:at], odd[:rng.IntN(len(odd))]...), file[at:]...)
		case 2: // cut
			file = file[:max(at, len(file)/2)]
		default:
			if at < len(file) {
				file[at] = odd[rng.IntN(len(odd))]
			}
		}
	}
	return file
}

// FuzzPieces reads a file whole, in pieces of random sizes, through a pipe, in batches and
// compressed: records, counts and the error, with its place, must be the same.
func FuzzPieces(f *testing.F) {
	for i, file := range batchFiles() {
		f.Add(file, uint64(i), uint8(i%5))
	}
	for _, order := range byteOrders {
		// AIX
		f.Add(pcapSpec{order: order, major: 2, minor: 2, link: 6, swapped: true}.build(manyPackets(3)...), uint64(0), uint8(1))
		f.Add(sloppyPcapng(order), uint64(0), uint8(1))
	}
	f.Add(append(buildSnoop(4, threePackets...), smallPcap...), uint64(0), uint8(0))
	f.Fuzz(func(t *testing.T, file []byte, seed uint64, times uint8) {
		rng := rand.New(rand.NewPCG(seed, 0))
		file = damage(bytes.Clone(file), rng, int(times%8))
		for _, cfg := range []ReaderConfig{{}, {MaxRecordLen: 4096, Resync: true}, {MaxRecordLen: 70_000, Libpcap: true}, {MaxRecordLen: 70_000, Libpcap: true, Resync: true}} {
			want := readFile(bytes.NewReader(file), cfg, 0)
			compare := func(how string, got reading) {
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%+v, %s:\n%d records, %q, %+v, offset %d; whole:\n%d records, %q, %+v, offset %d",
						cfg, how, len(got.records), got.err, got.stats, got.offset, len(want.records), want.err, want.stats, want.offset)
				}
			}
			compare("in pieces", readFile(&piecemeal{file, rng}, cfg, 0))
			compare("whole in batches", readFile(bytes.NewReader(file), cfg, 1+rng.IntN(100)))
			compare("pieces in batches", readFile(&piecemeal{file, rng}, cfg, 1+rng.IntN(100)))

			pr, pw := io.Pipe()
			go func() {
				_, err := io.Copy(pw, &piecemeal{file, rand.New(rand.NewPCG(seed, 1))})
				pw.CloseWithError(err)
			}()
			compare("through a pipe", readFile(pr, cfg, rng.IntN(3)))
			pr.CloseWithError(errors.New("read to the end"))
		}
	})
}
