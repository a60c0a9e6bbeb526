package checksum

import "testing"

// The example of RFC 1071, section 3: 0001 f203 f4f5 f6f7 add up to 2ddf0, which folds to ddf2.
func TestFold(t *testing.T) {
	b := []byte{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7}
	if sum := Add(0, b); sum != 0x2ddf0 || Fold(sum) != 0xddf2 {
		t.Errorf("sum %#x, folded %#x", sum, Fold(sum))
	}
	tests := []struct {
		name string
		sum  uint64
		b    []byte
		want uint16
	}{
		{"nothing", 0, nil, 0},
		{"odd length", 0, []byte{1, 2, 3}, 0x0402},                  // 0102 + 0300
		{"goes on", 0xffff, []byte{0, 1}, 1},                        // ffff + 1 = 10000
		{"largest", 1<<64 - 1, nil, 0xffff},                         // all words ffff
		{"two carries", 0, []byte{0xff, 0xff, 0xff, 0xff, 0, 1}, 1}, // 1ffff = ffff + 1 = 10000
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Fold(Add(tt.sum, tt.b)); got != tt.want {
				t.Errorf("%#x, want %#x", got, tt.want)
			}
		})
	}
}
