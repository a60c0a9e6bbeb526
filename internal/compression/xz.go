package compression

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// maxXZDict bounds the dictionary of xz: four times what "xz -9" needs.
const maxXZDict = 256 << 20

const xzStreamHeaderLen = 12

// openXZ returns a decompressor unless the first block asks for a dictionary above maxXZDict, which
// the xz package would allocate at once. (Writers use one dictionary size for all blocks of a
// file.)
func openXZ(br *bufio.Reader) (io.Reader, error) {
	if size, ok := xzDictSize(br); ok && size > maxXZDict {
		return nil, &Error{XZ, fmt.Errorf("a dictionary of %d bytes, more than %d", size, maxXZDict)}
	}
	tail := &xzTail{br: br}
	z, err := xz.NewReader(tail)
	if err != nil {
		return nil, err
	}
	return &xzReader{z, tail}, nil
}

// xzReader checks that a file ends with a stream footer. The xz package accepts one that is cut
// before the index.
type xzReader struct {
	*xz.Reader
	tail *xzTail
}

func (x *xzReader) Read(p []byte) (int, error) {
	n, err := x.Reader.Read(p)
	if err == io.EOF && x.tail.last != [2]byte{'Y', 'Z'} {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// xzTail remembers the last two bytes before the zeros that may pad a stream.
type xzTail struct {
	br   *bufio.Reader
	last [2]byte
}

func (t *xzTail) Read(p []byte) (int, error) {
	n, err := t.br.Read(p)
	end := n
	for end > 0 && p[end-1] == 0 {
		end--
	}
	for _, b := range p[max(end-2, 0):end] {
		t.last = [2]byte{t.last[1], b}
	}
	return n, err
}

func (t *xzTail) ReadByte() (byte, error) {
	b, err := t.br.ReadByte()
	if err == nil && b != 0 {
		t.last = [2]byte{t.last[1], b}
	}
	return b, err
}

// xzDictSize peeks at the head of the first block (The .xz File Format, section 3.1): length,
// flags, sizes, filters.
func xzDictSize(br *bufio.Reader) (size int64, ok bool) {
	b, err := br.Peek(xzStreamHeaderLen + 1)
	if err != nil {
		return 0, false
	}
	n := xzStreamHeaderLen + (int(b[xzStreamHeaderLen])+1)*4
	if b, err = br.Peek(n); err != nil {
		return 0, false
	}
	flags, b := b[xzStreamHeaderLen+1], b[xzStreamHeaderLen+2:]
	number := func() (v uint64) {
		v, used := binary.Uvarint(b)
		b = b[max(used, 0):]
		return v
	}
	for bit := byte(0x40); bit != 0; bit <<= 1 { // compressed size, uncompressed size
		if flags&bit != 0 {
			number()
		}
	}
	for range flags&3 + 1 {
		id, props := number(), number()
		if props > uint64(len(b)) {
			return 0, false
		}
		if id == 0x21 && props == 1 { // LZMA2
			size, err = lzma.DecodeDictCap(b[0])
			return size, err == nil
		}
		b = b[props:]
	}
	return 0, false
}
