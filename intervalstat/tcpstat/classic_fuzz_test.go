package tcpstat

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// FuzzClassic makes packets of 4 bytes each: step in time, size, protocol and link type. Each
// interval gives one row with all its fields, and each packet that was used is in one of them.
func FuzzClassic(f *testing.F) {
	f.Add([]byte("\x00\x40\x06\x00\x04\x80\x11\x00\x7f\x20\x01\x01\x81\x10\x3a\x02"), uint8(4), uint8(0), false)
	f.Add([]byte("\x80\x00\x00\x00\x80\x00\x00\x00\x01\x05\x06\x00"), uint8(0), uint8(9), true)
	f.Add([]byte("\x40\x0d\x06\x00\x40\xff\xff\xff"), uint8(255), uint8(1), false)
	f.Fuzz(func(t *testing.T, in []byte, width, seconds uint8, whole bool) {
		var out bytes.Buffer
		const format = `%n %N %a %d %m %M %b %B %p %l %A %I %V %T %U %C %s %S %r %R|`
		rows, err := NewClassicPrinter(format, Outputs{Stdout: &out})
		if err != nil {
			t.Fatal(err)
		}
		cfg := ClassicConfig{Width: float64(width) / 4, Seconds: float64(seconds) / 4, Whole: whole, LinkHeader: width&1 != 0, MaxEmpty: 5}
		c, err := NewClassic(cfg, rows)
		if err != nil {
			t.Fatal(err)
		}
		now, given := int64(seconds)*1e9, uint64(0) // from 1970 on, which tcpstat takes for no time
		for ; len(in) >= 4; in = in[4:] {
			now += int64(int8(in[0])) * 1e9 / 16
			r := pcapio.Record{Time: now, OrigLen: int(in[1]) * 8, LinkType: []pcapio.LinkType{pcapio.LinkEthernet, pcapio.LinkPPP, pcapio.LinkNull, pcapio.LinkRaw}[in[3]&3]}
			r.Data = bytes.Repeat(in[:4], 8)[:min(r.OrigLen, 32)]
			if len(r.Data) > 23 {
				r.Data[12], r.Data[13], r.Data[23] = 8, 0, in[2]
			}
			if err := c.WriteRecord(&r); err != nil {
				t.Fatal(err)
			}
			given++
		}
		if err := c.Flush(); err != nil {
			t.Fatal(err)
		}
		stats, sum, lines := c.Stats(), uint64(0), uint64(0)
		for row := range strings.SplitSeq(strings.TrimSuffix(out.String(), "|"), "|") {
			fields := strings.Fields(row)
			if len(fields) != 20 {
				t.Fatalf("%d fields: %q", len(fields), row)
			}
			for i, text := range fields {
				if _, err := strconv.ParseFloat(strings.TrimPrefix(text, "-nan"), 64); err != nil && text != "-nan" {
					t.Errorf("field %d: %q", i, text)
				}
			}
			n, err := strconv.ParseUint(fields[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			sum, lines = sum+n, lines+1
		}
		if lines != stats.Buckets || sum != stats.Used || stats.Used+stats.Late != given {
			t.Errorf("%d packets, %d in %d rows: %+v", given, sum, lines, stats)
		}
	})
}
