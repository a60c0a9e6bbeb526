package flow

import (
	"fmt"
	"io"
	"testing"

	"github.com/reeftools/reef/internal/lab/tracegen"
	"github.com/reeftools/reef/pcapio"
)

// BenchmarkTrace counts packets of the benchmark trace, of which 60 % are TCP that opens, closes
// and resets.
func BenchmarkTrace(b *testing.B) {
	cfg := tracegen.Standard()
	cfg.Packets, cfg.Flows = 200_000, 0
	g, d := tracegen.New(cfg), pcapio.NewDecoder(nil, pcapio.DecodeConfig{})
	var packets []pcapio.Packet
	for {
		var p pcapio.Packet
		if err := g.ReadRecord(&p.Record); err == io.EOF {
			break
		} else if err != nil {
			b.Fatal(err)
		}
		d.Decode(&p)
		p.Data = nil
		packets = append(packets, p)
	}
	for _, uni := range []bool{false, true} {
		b.Run(fmt.Sprint("uni ", uni), func(b *testing.B) {
			table, err := NewTable(Config{Uni: uni, Seed: 1}, nil, func(*Record, *struct{}) error { return nil })
			if err != nil {
				b.Fatal(err)
			}
			shift := packets[len(packets)-1].Time - packets[0].Time + 100*second
			later := int64(0)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i == len(packets) {
					i, later = 0, later+shift
				}
				p := &packets[i]
				at := p.Time
				p.Time += later
				if err := table.WritePacket(p); err != nil {
					b.Fatal(err)
				}
				p.Time = at
			}
		})
	}
}
