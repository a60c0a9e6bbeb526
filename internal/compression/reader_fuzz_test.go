package compression

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"

	"github.com/reeftools/reef/internal/lab/compressed"
)

// FuzzReader checks that whatever looks compressed is read without a panic, the same by bytes as
// whole, with an error that stays.
func FuzzReader(f *testing.F) {
	_, files := compressed.Sample(f)
	for _, file := range files {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		const limit = 1 << 20 // little data may mean very much
		r := NewReader(bytes.NewReader(file))
		whole, err := io.ReadAll(io.LimitReader(r, limit))
		if len(whole) == limit {
			return
		}
		if n, again := r.Read(make([]byte, 1)); n != 0 || err != nil && again == nil {
			t.Fatalf("%v, then %d bytes and %v", err, n, again)
		}
		// The decompressors give what is good before damage in other pieces, if not in other bytes.
		small, smallErr := io.ReadAll(NewReader(iotest.OneByteReader(bytes.NewReader(file))))
		if !bytes.Equal(small, whole) || (smallErr == nil) != (err == nil) {
			t.Fatalf("%d bytes and %v, by bytes %d and %v", len(whole), err, len(small), smallErr)
		}
	})
}
