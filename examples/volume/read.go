package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/flow/coral"
	"github.com/reeftools/reef/intervalstat"
)

// addFile spreads the flows of one file, whose format its first bytes tell.
func addFile(v *intervalstat.Volume, name string, r io.Reader) error {
	buffered := bufio.NewReaderSize(r, 1<<16)
	begin, err := buffered.Peek(8)
	if err != nil && err != io.EOF {
		return fmt.Errorf("%s: %w", name, err)
	}
	switch {
	case len(begin) > 0 && begin[0] == '{':
		err = addRecords(v, flow.NewJSONLReader(buffered))
	case bytes.HasPrefix(begin, []byte("start_ns")):
		var records *flow.CSVReader
		if records, err = flow.NewCSVReader(buffered); err == nil {
			err = addRecords(v, records)
		}
	default:
		return addRows(v, name, buffered)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func addRecords(v *intervalstat.Volume, src flow.RecordReader) error {
	var r flow.Record
	for {
		if err := src.ReadRecord(&r); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := add(v, r.Start, r.End, r.Packets(), r.Bytes()); err != nil {
			return err
		}
	}
}

func addRows(v *intervalstat.Volume, name string, r io.Reader) error {
	rows := coral.NewReader(r)
	rows.File = name
	_, err := coral.Copy(coral.RowWriterFunc(func(row *coral.Row) error {
		return add(v, row.First, row.Latest, row.Packets, row.Bytes)
	}), rows)
	if s := rows.Stats(); s.Skipped > 0 {
		err = errors.Join(err, fmt.Errorf("%d of %d rows skipped, first %w", s.Skipped, s.Rows+s.Skipped, s.FirstBad))
	}
	return err
}

// add goes on after a flow that has no room; Volume counts it.
func add(v *intervalstat.Volume, start, end int64, packets, octets uint64) error {
	if err := v.Add(start, end, packets, octets); !errors.Is(err, intervalstat.ErrTooManyBins) {
		return err
	}
	return nil
}
