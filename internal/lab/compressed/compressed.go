// Package compressed makes compressed files to test readers with.
package compressed

import (
	"bytes"
	"compress/bzip2"
	"encoding/base64"
	"io"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
)

// bzip2Sample is a pcap file of three packets compressed by bzip2 in two streams, made by:
// (head -c 60 small.pcap | bzip2; tail -c +61 small.pcap | bzip2) | base64
const bzip2Sample = "QlpoOTFBWSZTWahFE0QAABjdn3wkwAAAAJAAKyhcACAAEAAIAAQAAEAgACGmoJpkGmNNRoUAAAZMiBdsDF6EpEoJESzoPA5Z3S1WGL3XLN79" +
	"qgr+LuSKcKEhUIomiEJaaDkxQVkmU1lObL+yAAAH2YNLCEAEAAQOAY4AAAQAICAAIibUBpppp6hTTIxMTEVc3CWWiEhGduPEzLEA/F3JFOFCQTmy/sg="

// Sample returns a small pcap file, and the same compressed in each way that reef reads, by the
// way's name. Each is in two members, streams or frames.
func Sample(t testing.TB) (plain []byte, files map[string][]byte) {
	t.Helper()
	bz, err := base64.StdEncoding.DecodeString(bzip2Sample)
	if err == nil {
		plain, err = io.ReadAll(bzip2.NewReader(bytes.NewReader(bz)))
	}
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{"bzip2": bz}
	for _, format := range []string{"gzip", "zstd", "lz4", "xz"} {
		files[format] = As(t, format, plain)
	}
	return plain, files
}

// As returns b compressed by gzip, zstd, lz4 or xz, in two members.
func As(t testing.TB, format string, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	half := len(b) / 2
	for _, part := range [][]byte{b[:half], b[half:]} {
		var w io.WriteCloser
		var err error
		switch format {
		case "gzip":
			w = gzip.NewWriter(&out)
		case "zstd":
			w, err = zstd.NewWriter(&out)
		case "lz4":
			w = lz4.NewWriter(&out)
		case "xz":
			w, err = xz.NewWriter(&out)
		default:
			t.Fatalf("no way to compress by %s", format)
		}
		if err == nil {
			_, err = w.Write(part)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}
