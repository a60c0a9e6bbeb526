package intervalstat

import (
	"errors"
	"testing"
	"time"

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
