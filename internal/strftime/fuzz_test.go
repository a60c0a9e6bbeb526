package strftime

import (
	"bytes"
	"slices"
	"testing"
	"time"
)

// FuzzAppend checks that a layout is made letter by letter: what comes of it is what comes of its
// parts, and the first bad letter is an error. Letters that stand for others make what those make.
func FuzzAppend(f *testing.F) {
	f.Add("%Y-%m-%dT%H:%M:%S %i%%", int64(1_700_000_000e9), int16(60))
	f.Add("%c|%x|%X|%D|%F|%R|%r|%T|%G-W%V-%u %U %W %w %j %y %C %g %k %l %p %P %a %A %b %h %B %z %Z %s %e%n%t", int64(-1), int16(-90))
	f.Add("%", int64(0), int16(0))
	f.Add("a%Q", int64(1<<62), int16(839))
	own := func(b []byte, letter byte) ([]byte, bool) { return append(b, "own"...), letter == 'i' }
	same := map[byte]string{'c': "%a %b %e %H:%M:%S %Y", 'D': "%m/%d/%y", 'x': "%m/%d/%y", 'F': "%Y-%m-%d", 'R': "%H:%M",
		'r': "%I:%M:%S %p", 'T': "%H:%M:%S", 'X': "%H:%M:%S", 'h': "%b"}
	f.Fuzz(func(t *testing.T, layout string, ns int64, zone int16) {
		at := time.Unix(0, ns).In(time.FixedZone("ZONE", int(zone)*60))
		got, err := Append([]byte("before "), layout, at, own)
		want, bad := []byte("before "), false
		for i := 0; i < len(layout) && !bad; i++ {
			part := layout[i : i+1]
			if layout[i] == '%' {
				part = layout[i:min(i+2, len(layout))]
				i++
			}
			if long, ok := same[part[len(part)-1]]; ok && len(part) == 2 {
				part = long
			}
			piece, pieceErr := Append(nil, part, at, own)
			want, bad = append(want, piece...), pieceErr != nil
		}
		if bad != (err != nil) || !bad && !bytes.Equal(got, want) {
			t.Errorf("%q: %q, %v; by parts %q, bad %v", layout, got, err, want, bad)
		}
		if !slices.Contains([]byte(layout), '%') && (err != nil || string(got) != "before "+layout) {
			t.Errorf("%q: %q, %v", layout, got, err)
		}
	})
}
