package geo

import (
	"encoding/binary"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// mmdbWriter builds small MMDB files after the MaxMind DB specification 2.0: what the tests need of
// it.
type mmdbWriter struct {
	kind    string
	version int // 4 or 6
	size    int // record size in bits: 24, 28 or 32
	built   uint64
	entries map[string]any // by prefix; a longer prefix wins
}

type mmdbNode struct {
	child [2]int // a node, or -1-data, or none
}

const mmdbNone = math.MinInt

func (w *mmdbWriter) bytes(t *testing.T) []byte {
	t.Helper()
	nodes := []mmdbNode{{[2]int{mmdbNone, mmdbNone}}}
	var data []byte
	var prefixes []netip.Prefix
	for p := range w.entries {
		prefixes = append(prefixes, netip.MustParsePrefix(p))
	}
	slices.SortFunc(prefixes, func(x, y netip.Prefix) int { // shorter ones first, in a fixed order
		if x.Bits() != y.Bits() {
			return x.Bits() - y.Bits()
		}
		return x.Addr().Compare(y.Addr())
	})
	for _, p := range prefixes {
		leaf := -1 - len(data)
		data = appendMMDB(data, w.entries[p.String()])
		bits, from := p.Addr().AsSlice(), 0
		if w.version == 6 && p.Addr().Is4() { // IPv4 lies under 96 zero bits
			from = 96
		}
		bit := func(i int) int {
			if i < from {
				return 0
			}
			return int(bits[(i-from)/8] >> (7 - (i-from)%8) & 1)
		}
		at := 0
		for i := range from + p.Bits() - 1 {
			next := nodes[at].child[bit(i)]
			if next < 0 { // a leaf of a shorter prefix, or none: both halves inherit it
				nodes = append(nodes, mmdbNode{[2]int{next, next}})
				next = len(nodes) - 1
				nodes[at].child[bit(i)] = next
			}
			at = next
		}
		nodes[at].child[bit(from+p.Bits()-1)] = leaf
	}
	var out []byte
	for _, n := range nodes {
		var r [2]uint32
		for i, c := range n.child {
			switch {
			case c == mmdbNone:
				r[i] = uint32(len(nodes))
			case c < 0:
				r[i] = uint32(len(nodes) + 16 - 1 - c)
			default:
				r[i] = uint32(c)
			}
		}
		switch w.size {
		case 24:
			out = append(out, byte(r[0]>>16), byte(r[0]>>8), byte(r[0]), byte(r[1]>>16), byte(r[1]>>8), byte(r[1]))
		case 28:
			out = append(out, byte(r[0]>>16), byte(r[0]>>8), byte(r[0]), byte(r[0]>>24<<4|r[1]>>24), byte(r[1]>>16), byte(r[1]>>8), byte(r[1]))
		case 32:
			out = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(out, r[0]), r[1])
		}
	}
	out = append(append(out, make([]byte, 16)...), data...)
	return appendMMDB(append(out, mmdbMarker...), map[string]any{
		"binary_format_major_version": uint16(2), "binary_format_minor_version": uint16(0), "build_epoch": w.built,
		"database_type": w.kind, "description": map[string]any{"en": "made by a test"}, "ip_version": uint16(w.version),
		"languages": []any{"en"}, "node_count": uint32(len(nodes)), "record_size": uint16(w.size),
	})
}

// file writes the database to a temporary file.
func (w *mmdbWriter) file(t *testing.T) string {
	t.Helper()
	return writeFile(t, "test.mmdb", w.bytes(t))
}

func writeFile(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// appendMMDB encodes a value ("Output Data Section").
func appendMMDB(b []byte, v any) []byte {
	control := func(kind, size int) {
		var ext []byte
		if size >= 29 {
			ext, size = []byte{byte(size - 29)}, 29
		}
		if kind > 7 {
			b = append(b, byte(size), byte(kind-7))
		} else {
			b = append(b, byte(kind<<5|size))
		}
		b = append(b, ext...)
	}
	number := func(kind int, v uint64, width int) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], v)
		control(kind, width)
		b = append(b, n[8-width:]...)
	}
	switch v := v.(type) {
	case string:
		control(2, len(v))
		b = append(b, v...)
	case float64:
		number(3, math.Float64bits(v), 8)
	case uint16:
		number(5, uint64(v), 2)
	case uint32:
		number(6, uint64(v), 4)
	case uint64:
		number(9, v, 8)
	case bool:
		control(14, map[bool]int{true: 1}[v])
	case []any:
		control(11, len(v))
		for _, e := range v {
			b = appendMMDB(b, e)
		}
	case map[string]any:
		control(7, len(v))
		var keys []string
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			b = appendMMDB(appendMMDB(b, k), v[k])
		}
	default:
		panic("type")
	}
	return b
}

// legacyWriter builds files of the legacy format.
func legacyBytes(width int, countries map[string]int, end string) []byte {
	const leaf = 0xffff00
	nodes := [][2]int{{leaf, leaf}}
	var prefixes []netip.Prefix
	for p := range countries {
		prefixes = append(prefixes, netip.MustParsePrefix(p))
	}
	slices.SortFunc(prefixes, func(x, y netip.Prefix) int { return x.Bits() - y.Bits() })
	for _, p := range prefixes {
		bits := p.Addr().AsSlice()
		at := 0
		for i := range p.Bits() {
			bit := bits[i/8] >> (7 - i%8) & 1
			next := nodes[at][bit]
			if i == p.Bits()-1 {
				nodes[at][bit] = leaf + countries[p.String()]
			} else if next >= leaf {
				nodes = append(nodes, [2]int{next, next})
				nodes[at][bit] = len(nodes) - 1
			}
			at = nodes[at][bit]
		}
	}
	var out []byte
	for _, n := range nodes {
		for _, r := range n {
			out = append(out, byte(r), byte(r>>8), byte(r>>16))
		}
	}
	return append(out, end...)
}
