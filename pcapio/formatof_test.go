package pcapio

import (
	"errors"
	"testing"
)

func TestFormatOf(t *testing.T) {
	for name, want := range map[string]string{"a.pcap": "pcap none", "a": "pcap none", "a.pcapng": "pcapng none",
		"a.pcapng.gz": "pcapng gzip", "a.zst": "pcap zstd", "x/a.pcap.lz4": "pcap lz4"} {
		t.Run(name, func(t *testing.T) {
			f, c := FormatOf(name)
			if got := f.String() + " " + c.String(); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

func TestByName(t *testing.T) {
	for _, c := range []struct {
		name string
		cfg  WriterConfig
		want string // empty: ErrConfig
	}{
		{"a.pcapng.zst", WriterConfig{}, "pcapng zstd"},
		{"a.dmp", WriterConfig{}, "pcap none"},
		{"", WriterConfig{}, "pcap none"},
		{"a.dmp", WriterConfig{Format: Pcapng, Compression: Gzip}, "pcapng gzip"},
		{"a.pcapng", WriterConfig{Format: Pcapng, Compression: LZ4}, "pcapng lz4"},
		{"a.gz", WriterConfig{Format: Pcapng}, "pcapng gzip"},
		{"a.pcapng", WriterConfig{Format: Pcap}, ""},
		{"a.pcap", WriterConfig{Format: Pcapng}, ""},
		{"a.pcap.gz", WriterConfig{Compression: NoCompression}, ""},
		{"a.gz", WriterConfig{Compression: Zstd}, ""},
	} {
		t.Run(c.name+" "+c.want, func(t *testing.T) {
			got, err := c.cfg.ByName(c.name)
			if c.want == "" {
				if !errors.Is(err, ErrConfig) {
					t.Errorf("error %v, want ErrConfig", err)
				}
				return
			}
			if s := got.Format.String() + " " + got.Compression.String(); s != c.want || err != nil {
				t.Errorf("%s, %v; want %s", s, err, c.want)
			}
		})
	}
}
