package anon

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
)

// FuzzKey checks that a file holds a key only if it is that long, or that many hexadecimal digits
// with nothing but blanks around them.
func FuzzKey(f *testing.F) {
	digits := strings.Repeat("0f", KeySize)
	for _, s := range []string{digits, digits + "\n", strings.ToUpper(digits), " " + digits, digits[1:], digits + "0", digits[:32] + " " + digits[32:],
		digits + strings.Repeat(" ", 100) + "x", digits[:KeySize], "", "\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		key, ok := parseKey(text)
		again := strings.ToLower(string(bytes.TrimSpace(text)))
		want := len(text) == KeySize || len(text) <= maxKeyFile && len(again) == 2*KeySize && strings.Trim(again, "0123456789abcdef") == ""
		switch {
		case ok != want:
			t.Errorf("%q: %v, want %v", text, ok, want)
		case !ok:
		case len(text) == KeySize && bytes.Equal(key, text):
		case hex.EncodeToString(key) != again:
			t.Errorf("%q is %x", text, key)
		}
	})
}
