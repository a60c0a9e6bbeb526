package pcapio

import (
	"errors"
	"io"
	"reflect"
	"slices"
	"testing"
)

// fuzzInputs makes inputs of records of 3 bytes each: which input, the time since its last record,
// what is in it. An input may fail at its end.
func fuzzInputs(in []byte) (inputs [][]Record, fails []bool) {
	inputs, fails = make([][]Record, 4), make([]bool, 4)
	times := [4]int64{}
	for ; len(in) >= 3 && len(in) < 1000; in = in[3:] {
		i := in[0] & 3
		times[i] += int64(int8(in[1]))
		if in[0]&0x80 != 0 {
			times[i] = times[(i+1)%4]
		}
		fails[i] = in[0]&0x40 != 0
		data := []byte{in[2] & 3, 1}
		inputs[i] = append(inputs[i], Record{Time: times[i], OrigLen: 2 + int(in[2]>>7), Interface: int(in[2] >> 5 & 1), LinkType: LinkType(1 + in[2]>>4&1), Data: data})
	}
	return inputs, fails
}

var errFuzzInput = errors.New("the input failed")

// mergeOf returns a reader of inputs.
func mergeOf(inputs [][]Record, fails []bool) *MergeReader {
	readers := make([]RecordReader, len(inputs))
	for i, list := range inputs {
		readers[i] = RecordReaderFunc(func(r *Record) error {
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
	return NewMerge(readers...)
}

// merged is what a MergeReader should give: always the earliest of the next records of all inputs,
// and of equal ones that of the first.
func merged(inputs [][]Record) (all []Record, from []int) {
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

// FuzzMerge compares a MergeReader with a search over all inputs.
func FuzzMerge(f *testing.F) {
	f.Add([]byte("\x00\x01\x00\x01\x01\x00\x02\x01\x00\x03\x01\x20\x00\xff\x81\x41\x05\x00"))
	f.Add([]byte("\x40\x01\x00\x81\x01\x00\x80\x01\x40\xc1\x01\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		inputs, fails := fuzzInputs(in)
		want, from := merged(inputs)
		m := mergeOf(inputs, fails)
		type end struct{ input, number int } // an interface
		numbers := map[end]int{}
		for i := range want {
			var got Record
			if err := m.ReadRecord(&got); err != nil {
				t.Fatalf("record %d: %v", i, err)
			}
			where := end{from[i], want[i].Interface}
			n, known := numbers[where]
			if !known {
				n = len(numbers)
				numbers[where] = n
			}
			want[i].Interface = n
			if !reflect.DeepEqual(got, want[i]) || m.Input() != from[i] || len(m.Interfaces()) != len(numbers) {
				t.Fatalf("record %d: %+v of %d, want %+v of %d", i, got, m.Input(), want[i], from[i])
			}
		}
		failed := slices.Contains(fails, true)
		for range 2 {
			if err := m.ReadRecord(new(Record)); failed != errors.Is(err, errFuzzInput) || !failed && err != io.EOF {
				t.Fatalf("at the end: %v", err)
			}
		}
	})
}
