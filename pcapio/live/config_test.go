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
		cfg Config
		ok  bool
	}{
		{Config{}, true},
		{Config{SnapLen: DefaultSnapLen, Buffer: MaxBuffer, Timeout: time.Minute}, true},
		{Config{SnapLen: -1}, false},
		{Config{SnapLen: DefaultSnapLen + 1}, false},
		{Config{Buffer: MinBuffer - 1}, false},
		{Config{Buffer: MaxBuffer + 1}, false},
		{Config{Timeout: -time.Second}, false},
		{Config{Timeout: time.Microsecond}, false},
		{Config{Timeout: time.Hour}, false},
	} {
		if err := c.cfg.Validate(); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c.cfg, err)
		}
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
