package coral

import (
	"errors"
	"io"
)

// Split is an [IntervalWriter] that gives each interval a file of its own.
type Split struct {
	files *Files
	make  func(io.Writer) RowWriter
	file  *File // nil between intervals
	out   output
}

// NewSplit returns a Split that writes each file with a writer from newWriter. That writer must
// write out what it buffers in EndInterval, as [Writer] does.
func NewSplit(files *Files, newWriter func(io.Writer) RowWriter) *Split {
	return &Split{files: files, make: newWriter}
}

// BeginInterval begins a file.
func (s *Split) BeginInterval(iv *Interval) error {
	if err := s.Flush(); err != nil {
		return err
	}
	file, err := s.files.Create(iv.Start)
	if err != nil {
		return err
	}
	s.file, s.out = file, outputTo(s.make(file))
	return s.out.begin(iv)
}

// WriteRow writes to the file of the interval.
func (s *Split) WriteRow(r *Row) error { return s.out.WriteRow(r) }

// EndInterval completes the file.
func (s *Split) EndInterval(iv *Interval) error {
	if err := s.out.end(iv); err != nil {
		return errors.Join(err, s.Flush())
	}
	file := s.file
	s.file = nil
	return file.Commit()
}

// Flush removes the file of an interval that was not ended, if there is one, so that every file
// under its final name is complete.
func (s *Split) Flush() error {
	if s.file == nil {
		return nil
	}
	file := s.file
	s.file = nil
	return file.Abort()
}
