package compression

import "io"

// Source counts the bytes of a file as stored and remembers the file's own error, to tell it from a
// decompressor's.
type Source struct {
	R      io.Reader
	Before func() error // if not nil, called before each Read; its error is one of reading
	N      int64        // bytes read
	Err    error        // other than io.EOF
}

// Read reads from R.
func (s *Source) Read(p []byte) (int, error) {
	if s.Before != nil {
		if err := s.Before(); err != nil {
			s.Err = err
			return 0, err
		}
	}
	n, err := s.R.Read(p)
	s.N += int64(n)
	if err != nil && err != io.EOF {
		s.Err = err
	}
	return n, err
}
