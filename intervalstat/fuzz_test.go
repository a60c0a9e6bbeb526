package intervalstat

import (
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/reeftools/reef/internal/sat"
	"github.com/reeftools/reef/pcapio"
)

// FuzzSeries puts packets of 3 bytes each into intervals: each is in the interval of its time,
// late, or counted as lost; intervals are in order and do not overlap; groups sum to the whole.
func FuzzSeries(f *testing.F) {
	f.Add([]byte("\x01\x00\x10\x01\x41\x20\x82\x00\x30\x01\x05\x40\xff\x06\x50\x07\x00\x60"), uint8(10), uint8(0), uint8(0))
	f.Add([]byte("\x01\x00\x10\xc1\x41\x20\x82\x00\x30\x01\x05\x40\xff\x06\x50\x07\x00\x60"), uint8(3), uint8(0x7f), uint8(40))
	f.Add([]byte("\x7f\xff\x10\x7f\xff\x20\x82\x00\x30"), uint8(0), uint8(1), uint8(1))
	f.Fuzz(func(t *testing.T, in []byte, width, mode, lateness uint8) {
		cfg := Config{Width: time.Duration(width) * time.Second, Whole: mode&1 != 0, Align: mode&2 != 0, Empty: mode&4 != 0, MaxEmpty: 5,
			Lateness: time.Duration(lateness) * time.Second, Late: LatePolicy(mode >> 3 & 1), Distinct: mode&16 != 0, Percentiles: mode&32 != 0, MaxGroups: 3}
		if cfg.Validate() != nil {
			return
		}
		gaps := cfg.Empty
		var sum, buckets, late, omitted uint64
		var last Bucket
		s, err := NewSeries(cfg, BucketWriterFunc(func(b *Bucket) error {
			if buckets > 0 && b.Start < last.End || b.From > b.To || !cfg.Whole && (b.From < b.Start || b.To > b.End) {
				t.Errorf("interval %+v after %+v", *b, last)
			}
			if b.Packets > 0 && b.Mean() < 0 || b.Packets == 0 && !gaps {
				t.Errorf("%+v", *b)
			}
			last = Bucket{Start: b.Start, End: b.End}
			sum, buckets, late, omitted = sum+b.Packets, buckets+1, late+b.Late, omitted+b.Omitted
			return nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		grouped := uint64(0)
		groups, err := NewGroups(cfg, ByProtocol, func(a, b uint8) int { return int(a) - int(b) }, func(all *Bucket, of []Group[uint8]) error {
			sum := uint64(0)
			for _, g := range of {
				sum += g.Packets
			}
			if sum != all.Packets || len(of) > 3 {
				t.Errorf("%d packets in %d groups, %d in all", sum, len(of), all.Packets)
			}
			grouped += sum
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		now, packets := int64(1e18), uint64(0)
		for ; len(in) >= 3; in = in[3:] {
			gap := int64(int8(in[0])) * 1e9 / 4
			if in[1]&0xc0 == 0xc0 {
				gap *= 1000
			}
			now += gap
			p := pcapio.Packet{Status: pcapio.StatusOK, IPVersion: 4, Proto: in[1] & 7, IPLen: int(in[2])}
			if in[1]&0x30 == 0x30 {
				p.Status = pcapio.StatusNonIP
			}
			p.Time, p.OrigLen = now, 14+int(in[2])
			if err := errors.Join(s.WritePacket(&p), groups.WritePacket(&p)); err != nil {
				t.Fatal(err)
			}
			packets++
		}
		if err := errors.Join(s.Flush(), groups.Flush()); err != nil {
			t.Fatal(err)
		}
		st := s.Stats()
		if given(&st) != packets || st.Used != sum || st.Buckets != buckets || cfg.Late == LateDrop && late != 0 || omitted > st.Omitted {
			t.Errorf("%d packets, %d in %d intervals, %d late, %d omitted: %+v", packets, sum, buckets, late, omitted, st)
		}
		if st := groups.Stats(); given(&st) != packets || st.Used != grouped {
			t.Errorf("%d packets, %d in groups: %+v", packets, grouped, st)
		}
	})
}

// FuzzVolume spreads flows of 4 bytes each and compares every bin with exact fractions.
func FuzzVolume(f *testing.F) {
	f.Add([]byte("\x05\x00\x0a\x10\x03\x04\x00\x20\x80\x40\xff\xff\x10\x90\x01\x01"), uint8(10), false)
	f.Add([]byte("\x05\x00\x0a\x10\x03\x04\x00\x20\x80\x40\xff\xff\x10\x90\x01\x01"), uint8(1), true)
	f.Fuzz(func(t *testing.T, in []byte, bin uint8, whole bool) {
		v, err := NewVolume(VolumeConfig{Bin: time.Duration(bin) + 1, Whole: whole, MaxBins: 512})
		if err != nil {
			t.Fatal(err)
		}
		width := int64(bin) + 1
		// bytes of bins, and how many flows touch them
		want, touched := map[int64]*big.Rat{}, map[int64]uint64{}
		refused, given := uint64(0), uint64(0)
		total := new(big.Int)
		for ; len(in) >= 4 && given < 100; in = in[4:] {
			start := int64(int8(in[0])) * 10
			end := start + int64(int8(in[1]))*10
			bytes := uint64(in[2])<<uint(in[3]%40) + uint64(in[3])
			given++
			err := v.Add(start, end, 1, bytes)
			if errors.Is(err, ErrTooManyBins) {
				refused++
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			total.Add(total, new(big.Int).SetUint64(bytes))
			start, end = min(start, end), max(start, end)
			first, last := sat.FloorDiv(start, width), sat.FloorDiv(end, width)
			for n := first; n <= last; n++ {
				part, all := max(min(end, (n+1)*width)-max(start, n*width), 0), end-start
				if whole {
					part, all = 1, last-first+1
				} else if all == 0 {
					part, all = 1, 1
				}
				if want[n] == nil {
					want[n] = new(big.Rat)
				}
				share := new(big.Rat).SetFrac64(part, all)
				want[n].Add(want[n], share.Mul(share, new(big.Rat).SetInt(new(big.Int).SetUint64(bytes))))
				touched[n]++
			}
		}
		sum := new(big.Int)
		bins := 0
		for b := range v.Bins() {
			n := sat.FloorDiv(b.Start, width)
			got := new(big.Int).Add(new(big.Int).Mul(new(big.Int).SetUint64(b.Bytes.Whole), big.NewInt(1e6)), big.NewInt(int64(b.Bytes.Micro)))
			sum.Add(sum, got)
			bins++
			if want[n] == nil {
				t.Fatalf("bin at %d: %v, no flow touches it", b.Start, b.Bytes)
			}
			// Each flow is rounded down to a millionth at either end of the bin.
			off := new(big.Rat).Sub(new(big.Rat).SetFrac(got, big.NewInt(1e6)), want[n])
			if off.Abs(off).Cmp(new(big.Rat).SetFrac64(int64(touched[n]), 1e6)) > 0 {
				t.Fatalf("bin at %d: %v, want %v", b.Start, b.Bytes, want[n].FloatString(9))
			}
		}
		if sum.Cmp(total.Mul(total, big.NewInt(1e6))) != 0 || bins != len(want) {
			t.Errorf("%d bins sum to %v millionths, want %d and %v", bins, sum, len(want), total)
		}
		if s := v.Stats(); s.Flows != given || s.Refused != refused {
			t.Errorf("%d flows, %d refused: %+v", given, refused, s)
		}
	})
}
