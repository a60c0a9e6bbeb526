package pcapio

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"testing"
)

func TestReadPackets(t *testing.T) {
	for _, file := range batchFiles() {
		decoder := func(file []byte) *Decoder {
			r := smallReader(ReaderConfig{})
			r.src.buf = make([]byte, 512)
			if err := r.Reset(bytes.NewReader(file)); err != nil {
				t.Fatal(err)
			}
			return NewDecoder(r, DecodeConfig{Tunnels: TunnelAll})
		}
		for _, file := range [][]byte{file, file[:len(file)-1]} {
			one := decoder(file)
			want, wantErr := readBatches(1, func(ps []Packet) (int, error) { return 1, one.ReadPacket(&ps[0]) }, (*Packet).Clone)
			for _, n := range []int{1, 3, 100} {
				d := decoder(file)
				got, err := readBatches(n, d.ReadPackets, (*Packet).Clone)
				if !reflect.DeepEqual(got, want) || d.Stats() != one.Stats() {
					t.Errorf("batches of %d: %d packets, %+v; one by one %d, %+v", n, len(got), d.Stats(), len(want), one.Stats())
				}
				if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
					t.Errorf("batches of %d: error %v, one by one %v", n, err, wantErr)
				}
			}
		}
	}
}

// A source that is no RecordBatchReader, or a configuration that is no good, is no harm.
func TestReadPacketsOneByOne(t *testing.T) {
	left := 2
	source := RecordReaderFunc(func(r *Record) error {
		if left--; left < 0 {
			return io.EOF
		}
		*r = Record{Time: int64(left), LinkType: LinkRaw}
		return nil
	})
	if got, err := readBatches(8, NewDecoder(source, DecodeConfig{}).ReadPackets, (*Packet).Clone); len(got) != 2 || err != nil {
		t.Errorf("%d packets, %v", len(got), err)
	}
	ps := make([]Packet, 2)
	if n, err := NewDecoder(nil, DecodeConfig{}).ReadPackets(ps); n != 0 || err != io.EOF {
		t.Errorf("no source: %d, %v", n, err)
	}
	bad := DecodeConfig{MaxTunnelDepth: -1}
	if n, err := NewDecoder(source, bad).ReadPackets(ps); n != 0 || err == nil || err.Error() != bad.Validate().Error() {
		t.Errorf("bad configuration: %d, %v", n, err)
	}
	if n, err := NewDecoder(source, DecodeConfig{}).ReadPackets(nil); n != 0 || err == nil || err == io.EOF {
		t.Errorf("no room: %d, %v", n, err)
	}
}

func TestCopyInBatches(t *testing.T) {
	full := errors.New("full")
	file := pcapSpec{}.build(manyPackets(100)...)
	for _, tt := range []struct {
		name  string
		file  []byte
		takes int
		want  int64
		err   error
	}{
		{"whole", file, 1000, 100, nil},
		{"writer full", file, 50, 50, full},
		{"file cut", file[:len(file)-1], 1000, 99, io.ErrUnexpectedEOF},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := NewReader(bytes.NewReader(tt.file), ReaderConfig{})
			if err != nil {
				t.Fatal(err)
			}
			taken := 0
			n, err := Copy(PacketWriterFunc(func(*Packet) error {
				if taken == tt.takes {
					return full
				}
				taken++
				return nil
			}), NewDecoder(r, DecodeConfig{}))
			if n != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("%d packets, %v; want %d, %v", n, err, tt.want, tt.err)
			}
		})
	}
}

func TestReadPacketsAllocs(t *testing.T) {
	r, err := NewReader(bytes.NewReader(pcapSpec{}.build(manyPackets(20000)...)), ReaderConfig{})
	if err != nil {
		t.Fatal(err)
	}
	d, ps := NewDecoder(r, DecodeConfig{}), make([]Packet, 8)
	if n := testing.AllocsPerRun(1000, func() {
		if _, err := d.ReadPackets(ps); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations for a batch", n)
	}
}
