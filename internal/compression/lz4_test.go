package compression

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/pierrec/lz4/v4"
)

// Frames with every option that changes their layout, skippable frames between them and padding
// behind: the whole is one file, and where it is cut inside a frame it says so.
func TestLZ4Frames(t *testing.T) {
	skippable := []byte("\x53\x2a\x4d\x18\x03\x00\x00\x00abc")
	text := []byte("what all frames together hold")
	half := len(text) / 2
	for _, options := range [][]lz4.Option{
		{lz4.ChecksumOption(false)},
		{lz4.ChecksumOption(true)},
		{lz4.BlockChecksumOption(true)},
		{lz4.BlockChecksumOption(true), lz4.ChecksumOption(false), lz4.BlockSizeOption(lz4.Block64Kb)},
	} {
		frame := func(data []byte) []byte {
			var b bytes.Buffer
			w := lz4.NewWriter(&b)
			if err := errors.Join(w.Apply(append(options, lz4.SizeOption(uint64(len(data))))...), second(w.Write(data)), w.Close()); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
		first, last := frame(text[:half]), frame(text[half:])
		file := bytes.Join([][]byte{first, skippable, last}, nil)
		for _, padding := range []int{0, 1, 4, 512} {
			got, err := io.ReadAll(NewReader(bytes.NewReader(append(bytes.Clone(file), make([]byte, padding)...))))
			if !bytes.Equal(got, text) || err != nil {
				t.Fatalf("padding %d: %q, %v", padding, got, err)
			}
		}
		for cut := len(file) - len(last) + 1; cut < len(file); cut++ {
			if _, err := io.ReadAll(NewReader(bytes.NewReader(file[:cut]))); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("cut at %d of %d: error %v", cut, len(file), err)
			}
		}
	}
}

func second(_ int, err error) error { return err }
