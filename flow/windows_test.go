package flow

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// counting is a writer of a window.
type counting struct {
	start   int64
	packets int
	err     error
	lines   *[]string
}

func (c *counting) WritePacket(*pcapio.Packet) error { c.packets++; return c.err }

func (c *counting) Flush() error {
	*c.lines = append(*c.lines, fmt.Sprintf("%d: %d", c.start, c.packets))
	return c.err
}

func TestWindows(t *testing.T) {
	for _, c := range []struct {
		name  string
		cfg   WindowsConfig
		times []int64
		want  []string // start and packets of each window
	}{
		{"one", WindowsConfig{}, []int64{5, 1, 100}, []string{"5: 3"}},
		{"one, at the last moment", WindowsConfig{}, []int64{5, math.MaxInt64}, []string{"5: 2"}},
		{"one without packets", WindowsConfig{}, nil, []string{"0: 0"}},
		{"none", WindowsConfig{Length: 10}, nil, nil},
		{"from the first packet", WindowsConfig{Length: 10}, []int64{3, 12, 13, 22, 23}, []string{"3: 2", "13: 2", "23: 1"}},
		{"gap", WindowsConfig{Length: 10}, []int64{3, 99}, []string{"3: 1", "93: 1"}},
		{"late", WindowsConfig{Length: 10}, []int64{3, 14, 2, 15}, []string{"3: 1", "13: 3"}},
		{"aligned", WindowsConfig{Length: 10, Align: true}, []int64{3, 9, 10}, []string{"0: 2", "10: 1"}},
		{"before 1970", WindowsConfig{Length: 10, Align: true}, []int64{-3, -1, 0}, []string{"-10: 2", "0: 1"}},
		{"all of time", WindowsConfig{Length: 10}, []int64{math.MinInt64, math.MaxInt64}, []string{"-9223372036854775808: 1", "9223372036854775802: 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			w, err := NewWindows(c.cfg, func(start int64) (pcapio.PacketWriter, error) { return &counting{start: start, lines: &got}, nil })
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range c.times {
				if err := w.WritePacket(&pcapio.Packet{Record: pcapio.Record{Time: at}}); err != nil {
					t.Fatal(err)
				}
			}
			if err := errors.Join(w.Flush(), w.Flush()); err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%v, got %q, want %q", err, got, c.want)
			}
		})
	}
}

// Windows follow the packets' clock wherever it jumps, and begin at multiples of their length.
func TestWindowsFarApart(t *testing.T) {
	const length = int64(time.Hour)
	for _, align := range []bool{false, true} {
		ignore := pcapio.PacketWriterFunc(func(*pcapio.Packet) error { return nil })
		w, err := NewWindows(WindowsConfig{Length: time.Hour, Align: align}, func(int64) (pcapio.PacketWriter, error) { return ignore, nil })
		if err != nil {
			t.Fatal(err)
		}
		first := math.MinInt64 + length
		for _, now := range []int64{first, -1, 0, length - 1, length, math.MaxInt64 - length - 1, math.MaxInt64} {
			if err := w.WritePacket(&pcapio.Packet{Record: pcapio.Record{Time: now}}); err != nil {
				t.Fatal(err)
			}
			inside := now < w.end || w.end == math.MaxInt64
			if start := w.end - length; w.end != math.MaxInt64 && (start > now || align && start%length != 0) || !inside {
				t.Errorf("align %v: the window of %d ends at %d", align, now, w.end)
			}
		}
	}
}

func TestWindowsErrors(t *testing.T) {
	full := errors.New("disk full")
	packet := &pcapio.Packet{}
	none := func(int64) (pcapio.PacketWriter, error) { return nil, full }
	for name, err := range map[string]error{
		"length": errOf(NewWindows(WindowsConfig{Length: -1}, none)), "align": errOf(NewWindows(WindowsConfig{Align: true}, none)),
		"nil": errOf(NewWindows(WindowsConfig{}, nil)), "zero": new(Windows).WritePacket(packet), "zero flushed": new(Windows).Flush(),
	} {
		t.Run(name, func(t *testing.T) {
			if !errors.Is(err, ErrConfig) {
				t.Error(err)
			}
		})
	}
	t.Run("begin fails", func(t *testing.T) {
		w, _ := NewWindows(WindowsConfig{Length: time.Second}, none)
		for _, err := range []error{w.WritePacket(packet), w.WritePacket(packet), w.Flush()} {
			if err != full {
				t.Error(err)
			}
		}
	})
	t.Run("the writer fails", func(t *testing.T) {
		var lines []string
		w, _ := NewWindows(WindowsConfig{Length: time.Second}, func(int64) (pcapio.PacketWriter, error) { return &counting{err: full, lines: &lines}, nil })
		for _, err := range []error{w.WritePacket(packet), w.WritePacket(packet), w.Flush(), w.Flush()} {
			if err != full {
				t.Error(err)
			}
		}
		if !slices.Equal(lines, []string{"0: 1"}) { // given one packet, flushed once
			t.Errorf("%q", lines)
		}
	})
}

func errOf[T any](_ T, err error) error { return err }
