package flow

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// JSONLReader reads what [JSONL] wrote. Names that are not known are passed over.
type JSONLReader struct {
	dec   *json.Decoder
	limit *recordLimit // below dec
	n     int64
	err   error
}

// NewJSONLReader returns a reader of r.
func NewJSONLReader(r io.Reader) *JSONLReader {
	limit := &recordLimit{r: r}
	dec := json.NewDecoder(limit)
	dec.UseNumber()
	return &JSONLReader{dec: dec, limit: limit}
}

// ReadRecord reads the next object.
func (j *JSONLReader) ReadRecord(r *Record) error {
	if j.err != nil {
		return j.err
	}
	j.limit.next(j.dec.InputOffset())
	var object map[string]any
	err := j.dec.Decode(&object)
	if err == io.EOF {
		j.err = err
		return err
	}
	j.n++
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	if errors.As(err, &syntax) || errors.As(err, &kind) {
		err = fmt.Errorf("%w: %w", ErrFormat, err)
	}
	*r = Record{}
	// In the order of the columns, so that with several bad values the reported one is always the
	// same.
	for i := 0; err == nil && i < len(recordColumns); i++ {
		name := recordColumns[i].Name
		switch v := object[name].(type) {
		case nil:
			if slices.Contains(required[:], name) {
				err = errMissing
			}
		case string:
			err = parsers[name](r, v)
		case json.Number:
			err = parsers[name](r, v.String())
		default:
			err = fmt.Errorf("%w: %s is neither text nor a number", ErrFormat, name)
		}
	}
	if err == nil {
		err = check(r)
	}
	if err != nil {
		j.err = &RecordError{Record: j.n, Offset: j.dec.InputOffset(), Err: err}
	}
	return j.err
}
