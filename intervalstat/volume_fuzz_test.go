package intervalstat

import (
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/reeftools/reef/internal/sat"
)

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
