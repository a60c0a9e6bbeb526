package pcapio

import (
	"fmt"
	"strings"
)

// FormatOf tells by a file's name what to write into it: pcapng if it ends in .pcapng, compressed
// if that is followed by .gz, .zst or .lz4, and classic pcap otherwise.
func FormatOf(name string) (FileFormat, Compression) {
	f, c := named(name)
	if f == FormatByName {
		f = Pcap
	}
	if c == CompressionByName {
		c = NoCompression
	}
	return f, c
}

// named returns only what the extensions of a name say: format and compression may both stay unset.
func named(name string) (f FileFormat, c Compression) {
	for suffix, is := range map[string]Compression{".gz": Gzip, ".zst": Zstd, ".lz4": LZ4} {
		if rest, ok := strings.CutSuffix(name, suffix); ok {
			name, c = rest, is
			break
		}
	}
	switch {
	case strings.HasSuffix(name, ".pcapng"):
		f = Pcapng
	case strings.HasSuffix(name, ".pcap"):
		f = Pcap
	}
	return f, c
}

// ByName returns c for a file of that name: Format and Compression are set as [FormatOf] says,
// unless they were set before. It is an [ErrConfig] if the name ends in .pcap, .pcapng, .gz, .zst
// or .lz4 and something else was set.
func (c WriterConfig) ByName(name string) (WriterConfig, error) {
	f, z := named(name)
	if f != FormatByName && c.Format != FormatByName && f != c.Format {
		return c, fmt.Errorf("%w: the file is called %q, and Format is %v", ErrConfig, name, c.Format)
	}
	if z != CompressionByName && c.Compression != CompressionByName && z != c.Compression {
		return c, fmt.Errorf("%w: the file is called %q, and Compression is %v", ErrConfig, name, c.Compression)
	}
	f, z = FormatOf(name)
	if c.Format == FormatByName {
		c.Format = f
	}
	if c.Compression == CompressionByName {
		c.Compression = z
	}
	return c, nil
}
