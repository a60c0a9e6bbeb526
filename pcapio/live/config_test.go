package live

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		name string
		cfg  Config
		ok   bool
	}{
		{"zero", Config{}, true},
		{"largest", Config{SnapLen: DefaultSnapLen, Buffer: MaxBuffer, Timeout: time.Minute}, true},
		{"negative snap", Config{SnapLen: -1}, false},
		{"long snap", Config{SnapLen: DefaultSnapLen + 1}, false},
		{"small buffer", Config{Buffer: MinBuffer - 1}, false},
		{"large buffer", Config{Buffer: MaxBuffer + 1}, false},
		{"negative timeout", Config{Timeout: -time.Second}, false},
		{"short timeout", Config{Timeout: time.Microsecond}, false},
		{"long timeout", Config{Timeout: time.Hour}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.cfg.Validate(); (err == nil) != c.ok || !c.ok && !errors.Is(err, ErrConfig) {
				t.Errorf("%+v: %v", c.cfg, err)
			}
		})
	}
}

func TestStats(t *testing.T) {
	a, b := Stats{Received: 10, Delivered: 4, Filtered: 3, Dropped: 2, Freezes: 1}, Stats{100, 40, 30, 20, 10}
	a.Merge(&b)
	if a != (Stats{110, 44, 33, 22, 11}) {
		t.Errorf("merged %+v", a)
	}
	in, used, left := a.Account()
	sum := used
	for _, r := range left {
		sum += r.Packets
	}
	if in != 110 || used != 44 || sum != in || left[2].Packets != 11 { // 11 are waiting
		t.Errorf("in %d, used %d, left %v", in, used, left)
	}
}

func TestOtherSystems(t *testing.T) {
	if runtime.GOOS == "linux" {
		t.Skip("this is Linux")
	}
	if _, err := (Config{}).Open(context.Background(), "lo"); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
	if _, err := Interfaces(); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
	if err := new(Source).ReadRecord(new(pcapio.Record)); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
}
