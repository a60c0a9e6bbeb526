// Package compression reads and writes what captures and lists are compressed
// by: gzip, zstd, lz4 both ways, bzip2 and xz for reading. The content tells
// how a file is compressed, never its name. Nothing in it runs in a goroutine
// of its own, so the same bytes come at the same call on every run.
package compression

// Format is a way to compress, by the name that people know it by.
type Format string

// The formats that can be read. All but Bzip2 and XZ can be written.
const (
	None  Format = ""
	Gzip  Format = "gzip"
	Bzip2 Format = "bzip2"
	Zstd  Format = "zstd"
	XZ    Format = "xz"
	LZ4   Format = "lz4"
)

// MagicLen is how many first bytes of a file tell every format.
const MagicLen = 6

// magic is how compressed files begin.
type magic struct {
	bytes string
	is    Format
	loose byte // bits of the first byte that may be anything
}

var magics = []magic{
	{bytes: "\x1f\x8b", is: Gzip},
	{bytes: "BZh", is: Bzip2},
	{bytes: "\x28\xb5\x2f\xfd", is: Zstd},
	{bytes: "\xfd7zXZ\x00", is: XZ},
	{bytes: "\x04\x22\x4d\x18", is: LZ4},
	{bytes: "\x02\x21\x4c\x18", is: LZ4}, // legacy frames
	// A skippable frame, with which both zstd and lz4 files may begin; pzstd writes them.
	{bytes: "\x50\x2a\x4d\x18", is: Zstd, loose: 0x0f},
	// Known, so that the error can name them.
	{bytes: "\x1f\x9d", is: "compress (.Z)"},
	{bytes: "\x1f\xa0", is: "compress (.Z)"},
	{bytes: "PK\x03\x04", is: "zip"},
	{bytes: "7z\xbc\xaf\x27\x1c", is: "7-Zip"},
	{bytes: "LZIP", is: "lzip"},
	{bytes: "Rar!", is: "rar"},
	{bytes: "\x5d\x00\x00\x80", is: "lzma"},
}

// matches tells whether head and the magic agree as far as both go.
func (m *magic) matches(head []byte) bool {
	for i := range min(len(head), len(m.bytes)) {
		b := head[i]
		if i == 0 {
			b &^= m.loose
		}
		if b != m.bytes[i] {
			return false
		}
	}
	return true
}

// Sniff tells by its first bytes how a file is compressed. The format may be one that is only known
// by name.
func Sniff(head []byte) Format {
	for i := range magics {
		if m := &magics[i]; len(head) >= len(m.bytes) && m.matches(head) {
			return m.is
		}
	}
	return None
}

// Undecided tells whether a head shorter than MagicLen could go on as something compressed.
func Undecided(head []byte) bool {
	for i := range magics {
		if m := &magics[i]; len(head) < len(m.bytes) && m.matches(head) {
			return true
		}
	}
	return false
}
