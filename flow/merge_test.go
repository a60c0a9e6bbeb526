package flow

import (
	"errors"
	"io"
	"testing"
)

// list is a reader of records that start at these times, and then of err.
type list struct {
	starts []int64
	proto  uint8
	err    error
}

func (l *list) ReadRecord(r *Record) error {
	if len(l.starts) == 0 {
		return l.err
	}
	*r = Record{Start: l.starts[0], Key: Key{Proto: l.proto}}
	l.starts = l.starts[1:]
	return nil
}

func TestMerge(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		name string
		src  []RecordReader
		want string // the protocols of the records, which number the readers
		err  error
	}{
		{"none", nil, "", io.EOF},
		{"one", []RecordReader{&list{[]int64{1, 2, 2}, 1, io.EOF}}, "111", io.EOF},
		{"in turn", []RecordReader{&list{[]int64{1, 4, 9}, 1, io.EOF}, &list{[]int64{2, 3, 10}, 2, io.EOF}, &list{nil, 3, io.EOF}}, "122112", io.EOF},
		{"equal start, by key", []RecordReader{&list{[]int64{1, 1}, 2, io.EOF}, &list{[]int64{1}, 1, io.EOF}}, "122", io.EOF},
		{"one fails", []RecordReader{&list{[]int64{1}, 1, broken}, &list{[]int64{2, 3}, 2, io.EOF}}, "122", broken},
		{"one is not in order", []RecordReader{&list{[]int64{5, 1}, 1, io.EOF}, &list{[]int64{4, 6}, 2, io.EOF}}, "2112", io.EOF},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := NewMerge(c.src...)
			got, err := "", error(nil)
			var r Record
			for err = m.ReadRecord(&r); err == nil; err = m.ReadRecord(&r) {
				got += string('0' + rune(r.Key.Proto))
			}
			if got != c.want || !errors.Is(err, c.err) {
				t.Errorf("got %s and %v, want %s and %v", got, err, c.want, c.err)
			}
			if again := m.ReadRecord(&r); again != err {
				t.Errorf("then %v", again)
			}
		})
	}
}
