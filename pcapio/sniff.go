package pcapio

import (
	"bytes"
	"encoding/binary"
	"io"

	"github.com/reeftools/reef/internal/compression"
)

// sniffLen is how many bytes tell every format and compression. No capture or compressed file is
// shorter.
const sniffLen = 10

// maxNesting bounds compression inside compression.
const maxNesting = 4

// sniff tells the format of the current file by its first bytes, and undoes its compression. It
// leaves the window at the start of the uncompressed file.
func (r *Reader) sniff() (format, error) {
	r.input.plain = true
	var src io.Reader = &r.input.stored
	for depth := 0; ; depth++ {
		r.window.reset(src)
		err := r.need(sniffLen)
		head := r.bytes()
		if f := sniffFormat(head); f != formatNone {
			return f, nil
		}
		if err != nil && err != io.EOF {
			return formatNone, err
		}
		c := compression.Sniff(head)
		switch {
		case c == compression.None && (len(head) < 4 || compression.Undecided(head) || bytes.HasPrefix([]byte(snoopMagic), head)):
			return formatNone, errCut("the file header")
		case c == compression.None:
			return formatNone, errFormat("not a capture: it begins with the bytes % x", head[:min(len(head), 8)])
		case depth == maxNesting:
			return formatNone, errFormat("compressed more than %d times", maxNesting)
		}
		// What is in the window belongs to the decompressor; the window itself will hold the
		// decompressed bytes.
		stored := io.MultiReader(bytes.NewReader(bytes.Clone(head)), src)
		if err == io.EOF {
			stored = bytes.NewReader(bytes.Clone(head))
		}
		r.input.plain = false
		if src, err = r.input.inflate.Open(c, stored, &r.input.stored, depth > 0); err != nil {
			return formatNone, ofCapture(err)
		}
		src = decompressed{src}
	}
}

func sniffFormat(head []byte) format {
	if len(head) < 4 {
		return formatNone
	}
	if _, ok := pcapVariant(head); ok {
		return formatPcap
	}
	switch {
	case binary.LittleEndian.Uint32(head) == blockSection:
		return formatPcapng
	case bytes.HasPrefix(head, []byte(snoopMagic)):
		return formatSnoop
	}
	return formatNone
}
