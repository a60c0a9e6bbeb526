package flow

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
)

// CSVReader reads what [CSV] wrote. Columns are known by their names, so that others may be between
// them or missing; a record needs start_ns, end_ns, src and dst.
type CSVReader struct {
	csv      *csv.Reader
	limit    *recordLimit                         // below csv
	fields   []func(r *Record, text string) error // by column; nil for one that is not known
	required []bool                               // by column
	n        int64
	err      error
}

// NewCSVReader returns a reader of r, and reads the line of column names. The error is a
// [RecordError] with Record 0.
func NewCSVReader(r io.Reader) (*CSVReader, error) {
	limit := &recordLimit{r: r, limit: MaxInputRecord}
	c := &CSVReader{csv: csv.NewReader(limit), limit: limit}
	c.csv.ReuseRecord = true
	names, err := c.csv.Read()
	if err != nil {
		return nil, c.failed(err)
	}
	for _, name := range names {
		c.fields = append(c.fields, parsers[name])
		c.required = append(c.required, slices.Contains(required[:], name))
	}
	for _, name := range required {
		if !slices.Contains(names, name) {
			return nil, c.failed(fmt.Errorf("%w: no column %s", ErrFormat, name))
		}
	}
	return c, nil
}

// ReadRecord reads the next line.
func (c *CSVReader) ReadRecord(r *Record) error {
	if c.err != nil {
		return c.err
	}
	c.limit.next(c.csv.InputOffset())
	values, err := c.csv.Read()
	if err == io.EOF {
		c.err = err
		return err
	}
	c.n++
	*r = Record{}
	for i := 0; err == nil && i < len(values); i++ {
		switch set := c.fields[i]; {
		case set == nil:
		case values[i] != "":
			err = set(r, values[i])
		case c.required[i]:
			err = errMissing
		}
	}
	if err == nil {
		err = check(r)
	}
	if err != nil {
		c.err = c.failed(err)
	}
	return c.err
}

func (c *CSVReader) failed(err error) error {
	var bad *csv.ParseError
	switch {
	case errors.As(err, &bad):
		err = fmt.Errorf("%w: %w", ErrFormat, err)
	case err == io.EOF:
		err = fmt.Errorf("%w: no line of column names: %w", ErrFormat, io.ErrUnexpectedEOF)
	}
	return &RecordError{Record: c.n, Offset: c.csv.InputOffset(), Err: err}
}
