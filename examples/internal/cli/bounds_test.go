package cli

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
)

func TestFit(t *testing.T) {
	for _, tt := range []struct {
		n     int
		limit int64
		want  int
	}{{1000, math.MaxInt64, 1000}, {1000, Budget, 1000}, {1000, Budget / 4, 250}, {1000, 0, 1}, {0, 0, 0}} {
		t.Run(fmt.Sprintf("%d within %d", tt.n, tt.limit), func(t *testing.T) {
			if got := fit(tt.n, tt.limit); got != tt.want {
				t.Errorf("fit(%d, %d) = %d, want %d", tt.n, tt.limit, got, tt.want)
			}
		})
	}
}

func TestBound(t *testing.T) {
	for _, tt := range []struct {
		args   []string
		n      uint64
		status int
		stderr string
	}{{nil, 0, ExitOK, ""}, {[]string{"-strict"}, 0, ExitOK, ""}, {nil, 3, ExitOK, "x: 3 left out\n"}, {[]string{"-strict"}, 3, ExitInput, "x: 3 left out\n"}} {
		p := New("x", "", "")
		var stderr bytes.Buffer
		status := p.Run(tt.args, &strings.Builder{}, &stderr, func() error {
			p.Bound(tt.n, "%d left out", tt.n)
			return nil
		})
		if status != tt.status || stderr.String() != tt.stderr {
			t.Errorf("%v, %d: status %d, %q", tt.args, tt.n, status, stderr.String())
		}
	}
}
