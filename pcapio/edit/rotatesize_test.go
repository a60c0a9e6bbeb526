package edit

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// TestRotateSizeIsNeverExceeded writes bytes that cannot be compressed.
func TestRotateSizeIsNeverExceeded(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	for _, c := range []pcapio.Compression{pcapio.NoCompression, pcapio.Gzip, pcapio.Zstd, pcapio.LZ4} {
		const limit = 300_000
		files := 0
		w, err := NewRotator(RotateConfig{Name: filepath.Join(t.TempDir(), "%i"), Size: limit, Writer: pcapio.WriterConfig{Compression: c},
			Finished: func(f RotatedFile) {
				files++
				if info, err := os.Stat(f.Name); err != nil || info.Size() > limit {
					t.Errorf("%v: %d bytes, %v", c, info.Size(), err)
				}
			}})
		if err != nil {
			t.Fatal(err)
		}
		data := make([]byte, 1400)
		for range 1000 {
			if _, err := random.Read(data); err != nil {
				t.Fatal(err)
			}
			if err := w.WriteRecord(&pcapio.Record{LinkType: 1, OrigLen: 1400, Data: data}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil || files != 5 {
			t.Errorf("%v: %d files, %v", c, files, err)
		}
	}
}
