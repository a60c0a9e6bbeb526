package tcpanalysis

import (
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// FuzzTracker makes packets of 16 bytes each of the input and checks that counts reconcile and that
// JSON is JSON.
func FuzzTracker(f *testing.F) {
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10"))
	f.Add([]byte("\x10\x01\x00\x00\x00\x01\x00\x00\x00\x01\x05\xdc\x00\x01\x00\x10\x11\x00\x00\x00\x00\x01\x00\x00\x05\xdd\x00\x00\x00\x02\x00\x10"))
	f.Add([]byte("\x10\x00\xff\xff\xff\xf0\x00\x00\x00\x01\x00\x40\x00\x01\x00\x10\x10\x80\x00\x00\x00\x01\x00\x00\x00\x10\x00\x00\x00\x02\x00\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		var out strings.Builder
		w := NewJSONWriter(&out, Columns{RTT: true})
		tr, err := NewTracker(Config{MaxConns: 3, MaxRanges: 8, MaxAllRanges: 12, Percentiles: true, MaxHistograms: 1}, ConnWriterFunc(func(c *Conn) error {
			for _, h := range []*Half{&c.A2B, &c.B2A} {
				if h.DataBytes != h.UniqueBytes+h.RetransBytes {
					t.Errorf("data %d, unique %d, again %d", h.DataBytes, h.UniqueBytes, h.RetransBytes)
				}
				if h.RTT.Samples > 0 && (h.RTT.Min < 0 || h.RTT.Min > h.RTT.Mean() || h.RTT.Mean() > h.RTT.Max || h.RTT.SampleStdDev() > h.RTT.Max) {
					t.Errorf("%+v", h.RTT)
				}
			}
			return w.WriteConn(c)
		}), nil)
		if err != nil {
			t.Fatal(err)
		}
		now := int64(1e18)
		for ; len(in) >= 16; in = in[16:] {
			p := pcapio.Packet{Status: pcapio.StatusOK, Layers: pcapio.LayerTCP, IPVersion: 4, SrcPort: 1, DstPort: 2 + uint16(in[14]>>5)}
			p.TCP = pcapio.TCP{Flags: pcapio.TCPFlags(in[0] & 0x7f), Seq: binary.BigEndian.Uint32(in[2:]), Ack: binary.BigEndian.Uint32(in[6:]),
				Window: uint16(in[15]), WScale: in[14], HdrLen: 20, Options: pcapio.TCPOptions(in[14]), TSval: uint32(in[13]), TSecr: uint32(in[12])}
			if in[0]&0x80 != 0 {
				p.TCP.SACKCount = in[14] & 7
				for i := range p.TCP.SACK {
					p.TCP.SACK[i] = pcapio.SACKBlock{Left: p.TCP.Ack + uint32(i)*7, Right: p.TCP.Ack + uint32(in[1])}
				}
			}
			p.PayloadLen = int(binary.BigEndian.Uint16(in[10:]))
			p.IPLen, p.IPID = 40+p.PayloadLen, uint32(in[12])
			if in[1]&1 != 0 {
				p.SrcPort, p.DstPort = p.DstPort, p.SrcPort
			}
			now += int64(int16(binary.BigEndian.Uint16(in[12:]))) * 1e6
			p.Time = now
			if err := tr.WritePacket(&p); err != nil {
				t.Fatal(err)
			}
		}
		if err := tr.Flush(); err != nil {
			t.Fatal(err)
		}
		if tr.segs.Live() != 0 || tr.rares.Live() != 0 || tr.hists.Live() != 0 {
			t.Error("state is left over")
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if !json.Valid([]byte(line)) {
				t.Fatalf("not JSON: %s", line)
			}
		}
	})
}
