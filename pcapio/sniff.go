package pcapio

import (
	"bytes"
	"io"
	"strings"

	"github.com/reeftools/reef/internal/compression"
)

// sniffLen is how many bytes tell every format and compression. No capture or compressed file is
// shorter.
const sniffLen = 10

// maxNesting bounds compression inside compression.
const maxNesting = 4

// formats are all formats that are read. A new one is an entry here and a file.
var formats = []struct {
	// is tells by how a file begins, four bytes at least, whether it is of the format.
	is func(head []byte) bool
	// magic is how such files begin if that is longer than four bytes. With it a cut file is
	// recognised.
	magic string
	open  opener
}{
	{is: isPcap, open: openPcap},
	{is: isPcapng, open: openPcapng},
	{is: isSnoop, open: openSnoop, magic: snoopMagic},
}

// sniff tells the format of the file by its first bytes, and undoes its compression. It leaves b at
// the start of the uncompressed file.
func (in *input) sniff(b *buffer) (opener, error) {
	in.plain = true
	var src io.Reader = &in.stored
	for depth := 0; ; depth++ {
		b.reset(src)
		err := b.need(sniffLen)
		head := b.bytes()
		open, cut := sniffFormat(head)
		if open != nil {
			return open, nil
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
		c := compression.Sniff(head)
		switch {
		case c == compression.None && (cut || compression.Undecided(head)):
			return nil, errCut("the file header")
		case c == compression.None:
			return nil, errFormat("not a capture: it begins with the bytes % x", head[:min(len(head), 8)])
		case depth == maxNesting:
			return nil, errFormat("compressed more than %d times", maxNesting)
		}
		// What is in b belongs to the decompressor; b itself will hold the decompressed bytes.
		stored := io.MultiReader(bytes.NewReader(bytes.Clone(head)), src)
		if err == io.EOF {
			stored = bytes.NewReader(bytes.Clone(head))
		}
		in.plain = false
		if src, err = in.inflate.Open(c, stored, &in.stored, depth > 0); err != nil {
			return nil, ofCapture(err)
		}
		src = decompressed{src}
	}
}

// sniffFormat tells a format by the first bytes of a file. It returns nil if they are of no format.
// cut tells that there are too few bytes to decide.
func sniffFormat(head []byte) (open opener, cut bool) {
	if len(head) < 4 {
		return nil, true
	}
	for _, f := range formats {
		if f.is(head) {
			return f.open, false
		}
		cut = cut || strings.HasPrefix(f.magic, string(head))
	}
	return nil, cut
}
