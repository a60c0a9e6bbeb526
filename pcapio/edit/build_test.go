package edit

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// Builders of headers for tests. Each returns its header with the payload behind it and lengths
// filled in.

func cat(parts ...[]byte) []byte { return slices.Concat(parts...) }

func u16(v ...int) []byte {
	var b []byte
	for _, x := range v {
		b = binary.BigEndian.AppendUint16(b, uint16(x))
	}
	return b
}

func u32(v ...uint32) []byte {
	var b []byte
	for _, x := range v {
		b = binary.BigEndian.AppendUint32(b, x)
	}
	return b
}

var (
	testSrc4 = []byte{192, 0, 2, 1}
	testDst4 = []byte{198, 51, 100, 2}
	testSrc6 = append([]byte{0x20, 0x01, 0x0d, 0xb8}, []byte{11: 1}...)
	testDst6 = append([]byte{0x20, 0x01, 0x0d, 0xb8}, []byte{11: 2}...)
)

func eth(typ int, payload []byte) []byte {
	return cat([]byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}, u16(typ), payload)
}

func vlanTag(id, typ int, payload []byte) []byte { return cat(u16(id, typ), payload) }

// ip4with builds an IPv4 packet with options and the 16 bits of flags and fragment offset.
func ip4with(proto, fragment int, options, payload []byte) []byte {
	header := 20 + len(options)
	return cat([]byte{0x40 | byte(header/4), 0x2e}, u16(header+len(payload), 0x1234, fragment), []byte{64, byte(proto)}, u16(0), testSrc4, testDst4, options, payload)
}

func ip4(proto int, payload []byte) []byte { return ip4with(proto, 0x4000, nil, payload) }

func ip6(next int, payload []byte) []byte {
	return cat([]byte{0x62, 0xe0, 0, 0}, u16(len(payload)), []byte{byte(next), 63}, testSrc6, testDst6, payload)
}

func tcpSeg(flags int, options, payload []byte) []byte {
	header := 20 + len(options)
	return cat(u16(1024, 80), u32(0x01020304, 0x05060708), u16(header/4<<12|flags, 0x2000, 0, 7), options, payload)
}

func udpSeg(src, dst int, payload []byte) []byte {
	return cat(u16(src, dst, 8+len(payload), 0), payload)
}

func icmpMsg(typ, code, id, seq int, payload []byte) []byte {
	return cat([]byte{byte(typ), byte(code)}, u16(0, id, seq), payload)
}

// packetOf makes a record of data as if it was captured whole.
func packetOf(link pcapio.LinkType, data []byte) *pcapio.Packet {
	return &pcapio.Packet{Record: pcapio.Record{LinkType: link, OrigLen: len(data), Data: data}}
}

// decodeOne decodes data with a new Decoder.
func decodeOne(link pcapio.LinkType, data []byte, tunnels pcapio.Tunnel) *pcapio.Packet {
	p := packetOf(link, data)
	pcapio.NewDecoder(nil, pcapio.DecodeConfig{Tunnels: tunnels}).Decode(p)
	return p
}

func fragmentHeader(next, offsetAndFlags int, id uint32, payload []byte) []byte {
	return cat([]byte{byte(next), 0}, u16(offsetAndFlags), u32(id), payload)
}

// with returns b with 16 bits at i replaced.
func with(b []byte, i, v int) []byte {
	b = cat(b)
	binary.BigEndian.PutUint16(b[i:], uint16(v))
	return b
}

// readAll reads all records of src and the error that ends them, nil for io.EOF. It checks that the
// error is sticky.
func readAll(t testing.TB, src pcapio.RecordReader) ([]pcapio.Record, error) {
	t.Helper()
	var all []pcapio.Record
	for {
		var rec pcapio.Record
		if err := src.ReadRecord(&rec); err != nil {
			if again := src.ReadRecord(&rec); again != err {
				t.Errorf("error %v, then %v", err, again)
			}
			if err == io.EOF {
				err = nil
			}
			return all, err
		}
		all = append(all, rec.Clone())
	}
}

// fuzzInputs makes inputs of records of 3 bytes each: which input, the time since its last record,
// what is in it. An input may fail at its end.
func fuzzInputs(in []byte) (inputs [][]pcapio.Record, fails []bool) {
	inputs, fails = make([][]pcapio.Record, 4), make([]bool, 4)
	times := [4]int64{}
	for ; len(in) >= 3 && len(in) < 1000; in = in[3:] {
		i := in[0] & 3
		times[i] += int64(int8(in[1]))
		if in[0]&0x80 != 0 {
			times[i] = times[(i+1)%4]
		}
		fails[i] = in[0]&0x40 != 0
		data := []byte{in[2] & 3, 1}
		inputs[i] = append(inputs[i], pcapio.Record{Time: times[i], OrigLen: 2 + int(in[2]>>7), Interface: int(in[2] >> 5 & 1), LinkType: pcapio.LinkType(1 + in[2]>>4&1), Data: data})
	}
	return inputs, fails
}

// mergeOf returns a reader of inputs.
func mergeOf(inputs [][]pcapio.Record, fails []bool) *pcapio.MergeReader {
	readers := make([]pcapio.RecordReader, len(inputs))
	for i, list := range inputs {
		readers[i] = pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
			switch {
			case len(list) > 0:
				*r = list[0]
				list = list[1:]
				return nil
			case fails[i]:
				return errFuzzInput
			}
			return io.EOF
		})
	}
	return pcapio.NewMerge(readers...)
}

// merged is what a MergeReader should give: always the earliest of the next records of all inputs,
// and of equal ones that of the first.
func merged(inputs [][]pcapio.Record) (all []pcapio.Record, from []int) {
	inputs = slices.Clone(inputs)
	for {
		next := -1
		for i, list := range inputs {
			if len(list) > 0 && (next < 0 || list[0].Time < inputs[next][0].Time) {
				next = i
			}
		}
		if next < 0 {
			return all, from
		}
		all, from = append(all, inputs[next][0]), append(from, next)
		inputs[next] = inputs[next][1:]
	}
}

var errFuzzInput = errors.New("the input failed")

// fuzzRecords makes records of 6 bytes each and their data: time, link type, length on the wire,
// interface.
func fuzzRecords(in []byte) (records []pcapio.Record) {
	now := int64(1e18)
	for len(in) >= 6 {
		now += int64(int16(uint16(in[0])<<8|uint16(in[1]))) * 1001
		n := min(int(in[2]), len(in)-6)
		records = append(records, pcapio.Record{Time: now, OrigLen: n + int(in[3]), LinkType: pcapio.LinkType(1 + in[4]&1), Interface: int(in[4] >> 4 & 3), Data: in[6 : 6+n : 6+n]})
		in = in[6+n:]
	}
	return records
}
