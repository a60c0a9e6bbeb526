package pcapio

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/gopacket/pcapgo"
)

// benchPackets is about 100 MB of captures with 96 bytes per packet.
const benchPackets = 1_000_000

func benchFile(b *testing.B, format string) string {
	b.Helper()
	p := packetSpec{1_700_000_000, 5, string(make([]byte, 96)), 1500}
	one := resyncFiles([]packetSpec{p})[format]
	var file []byte
	switch format {
	case "pcap":
		file = append(file, pcapSpec{link: 1, snap: 65535}.build()...)
		one = one[24:]
	case "pcapng":
		file = append(file, one[:48]...)
		one = one[48:]
	}
	file = append(file, bytes.Repeat(one, benchPackets)...)
	path := filepath.Join(b.TempDir(), "bench")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(file)))
	return path
}

func reportPackets(b *testing.B) {
	b.ReportMetric(float64(b.N)*benchPackets/1e6/b.Elapsed().Seconds(), "Mpkt/s")
}

func benchReader(b *testing.B, format string, cfg ReaderConfig) {
	path := benchFile(b, format)
	b.ResetTimer()
	for b.Loop() {
		r, err := cfg.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		var rec Record
		n := 0
		for ; ; n++ {
			if err = r.ReadRecord(&rec); err != nil {
				break
			}
		}
		if err != io.EOF || n != benchPackets {
			b.Fatal(n, err)
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
	reportPackets(b)
}

func BenchmarkReaderPcap(b *testing.B)       { benchReader(b, "pcap", ReaderConfig{}) }
func BenchmarkReaderPcapResync(b *testing.B) { benchReader(b, "pcap", ReaderConfig{Resync: true}) }
func BenchmarkReaderPcapng(b *testing.B)     { benchReader(b, "pcapng", ReaderConfig{}) }

// BenchmarkPcapgo is gopacket's reader in its fastest mode, for comparison.
func BenchmarkPcapgo(b *testing.B) {
	path := benchFile(b, "pcap")
	for b.Loop() {
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		r, err := pcapgo.NewReader(f)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for ; ; n++ {
			if _, _, err = r.ZeroCopyReadPacketData(); err != nil {
				break
			}
		}
		if err != io.EOF || n != benchPackets {
			b.Fatal(n, err)
		}
		f.Close()
	}
	reportPackets(b)
}
