package compression

import (
	"bufio"
	"fmt"
	"io"
)

// members reads compressed members that follow each other in one file, as gzip and lz4 define them.
// Zero bytes after the last one are padding. Anything else there is an error, since it may be a
// member whose head was damaged.
type members struct {
	br    *bufio.Reader
	next  func() (io.Reader, error)
	cur   io.Reader
	begun bool
}

func (m *members) Read(p []byte) (int, error) {
	for {
		if m.cur == nil {
			if err := m.open(); err != nil {
				return 0, err
			}
		}
		n, err := m.cur.Read(p)
		if err == io.EOF {
			m.cur, err = nil, nil
		}
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
	}
}

func (m *members) open() error {
	for m.begun {
		b, err := m.br.ReadByte()
		if err != nil {
			return err
		}
		if b != 0 {
			if err := m.br.UnreadByte(); err != nil {
				return err
			}
			break
		}
	}
	cur, err := m.next()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && m.begun && err != io.ErrUnexpectedEOF {
		err = fmt.Errorf("garbage after the compressed data: %w", err)
	}
	m.cur, m.begun = cur, true
	return err
}
