package edit

import (
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/reeftools/reef/internal/lab/frames"
	"github.com/reeftools/reef/pcapio"
)

// The builders of package frames by short names, for tables.
var (
	cat, u16, u32, with = frames.Cat, frames.U16, frames.U32, frames.With
	eth, vlanTag        = frames.Eth, frames.VLANTag
	ip4, ip4with, ip6   = frames.IPv4, frames.IPv4With, frames.IPv6
	fragmentHeader      = frames.FragmentHeader
	tcpSeg, udpSeg      = frames.TCP, frames.UDP
	icmpMsg             = frames.ICMP
)

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
