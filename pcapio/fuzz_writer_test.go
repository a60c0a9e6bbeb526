package pcapio

import (
	"bytes"
	"reflect"
	"testing"
)

// fuzzRecords makes records of 6 bytes each and their data: time, link type, length on the wire,
// interface.
func fuzzRecords(in []byte) (records []Record) {
	now := int64(1e18)
	for len(in) >= 6 {
		now += int64(int16(uint16(in[0])<<8|uint16(in[1]))) * 1001
		n := min(int(in[2]), len(in)-6)
		records = append(records, Record{Time: now, OrigLen: n + int(in[3]), LinkType: LinkType(1 + in[4]&1), Interface: int(in[4] >> 4 & 3), Data: in[6 : 6+n : 6+n]})
		in = in[6+n:]
	}
	return records
}

// FuzzWriter reads back what was written: records, times to the unit, and all counts.
func FuzzWriter(f *testing.F) {
	f.Add([]byte("\x00\x01\x04\x00\x10\x00abcd\xff\xff\x02\x09\x21\x00xy\x01\x00\x00\x00\x00\x00"), uint8(0), uint8(0), "")
	f.Add([]byte("\x00\x01\x04\x00\x11\x00abcd\xff\xff\x02\x09\x11\x00xy\x01\x00\x00\x00\x01\x00"), uint8(0xff), uint8(3), "a comment")
	f.Fuzz(func(t *testing.T, in []byte, mode, snap uint8, text string) {
		cfg := WriterConfig{Format: FileFormat(1 + mode&1), Micro: mode&2 != 0, SnapLen: int(snap % 64), Compression: Compression(1 + mode>>4%4)}
		if cfg.Format == Pcapng {
			cfg.Comment, cfg.Application = text, text
		}
		var file bytes.Buffer
		w, err := NewWriter(&file, cfg)
		if err != nil {
			return // a text that no option can hold
		}
		var want []Record
		cut := int64(0)
		for _, r := range fuzzRecords(in) {
			if err := w.WriteRecord(&r); err != nil {
				if cfg.Format == Pcapng || len(want) == 0 || want[0].LinkType == r.LinkType {
					t.Fatal(err)
				}
				continue // pcap has one link type
			}
			if cfg.SnapLen > 0 && len(r.Data) > cfg.SnapLen {
				r.Data = r.Data[:cfg.SnapLen]
				cut++
			}
			if cfg.Micro {
				r.Time -= r.Time % 1000
			}
			want = append(want, r)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		s := w.Stats()
		if s.Records != uint64(len(want)) || s.Cut != uint64(cut) || cfg.Compression == NoCompression && s.Bytes != uint64(file.Len()) {
			t.Errorf("%d records, %d cut, %d bytes: %+v", len(want), cut, file.Len(), s)
		}
		r, err := NewReader(&file, ReaderConfig{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := readAll(t, r)
		if err != nil || len(got) != len(want) {
			t.Fatalf("%d records, %v; want %d", len(got), err, len(want))
		}
		numbers := map[int]int{} // interfaces get numbers in the order in which they appear
		for i := range want {
			w := want[i]
			if cfg.Format == Pcapng {
				described := r.Interfaces()[got[i].Interface]
				if described.LinkType != w.LinkType {
					t.Errorf("record %d: interface %+v", i, described)
				}
				key := w.Interface<<8 | int(w.LinkType)
				if n, ok := numbers[key]; ok && n != got[i].Interface {
					t.Errorf("record %d: interface %d, before %d", i, got[i].Interface, n)
				}
				numbers[key] = got[i].Interface
			}
			w.Interface = got[i].Interface
			if !bytes.Equal(got[i].Data, w.Data) {
				t.Errorf("record %d: %x, want %x", i, got[i].Data, w.Data)
			}
			if w.Data = got[i].Data; !reflect.DeepEqual(got[i], w) {
				t.Errorf("record %d: %+v, want %+v", i, got[i], w)
			}
		}
	})
}
