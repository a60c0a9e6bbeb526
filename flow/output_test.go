package flow

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

func records(t *testing.T, w RecordWriter, cfg Config, packets ...*pcapio.Packet) {
	t.Helper()
	table, err := NewRecords(cfg, w)
	if err != nil {
		t.Fatal(err)
	}
	feed(t, table, packets)
}

func outputPackets() []*pcapio.Packet {
	tagged := udp(3*second, d, e, 48)
	tagged.VLAN, tagged.InnerVLAN, tagged.Tunnel, tagged.TunnelID = 5, 6, pcapio.TunnelVXLAN, 42
	esp := packet(4*second, a, b, 50, pcapio.LayerESP, 100)
	esp.PortsOK, esp.SrcPort, esp.DstPort = false, 0, 0
	return []*pcapio.Packet{tcp(0, a, b, syn, 60), tcp(1, b, a, synack, 60), tcp(second, a, b, finack|pcapio.AE, 1500), tagged, esp}
}

func TestCSV(t *testing.T) {
	var b strings.Builder
	records(t, NewCSV(&b), Config{VLAN: true, Tunnel: true}, outputPackets()...)
	const want = `start_ns,end_ns,src,src_port,dst,dst_port,proto,packets,bytes,tcp_flags,rev_packets,rev_bytes,rev_tcp_flags,vlan,inner_vlan,tunnel,tunnel_id,part,direction,end_reason
1700000000000000000,1700000001000000000,10.0.0.1,1000,10.0.0.2,80,6,2,1560,FSAN,1,60,SA,,,,,0,initiator,forced end
1700000003000000000,1700000003000000000,2001:db8::1,1000,2001:db8::2,80,17,1,48,,0,0,,5,6,vxlan,42,0,arbitrary,forced end
1700000004000000000,1700000004000000000,10.0.0.1,,10.0.0.2,,50,1,100,,0,0,,,,,,0,arbitrary,forced end
`
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
}

func TestJSONL(t *testing.T) {
	var b strings.Builder
	records(t, NewJSONL(&b), Config{VLAN: true, Tunnel: true}, outputPackets()...)
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines", len(lines))
	}
	var got struct {
		Start    int64  `json:"start_ns"`
		Src      string `json:"src"`
		Port     *int   `json:"src_port"`
		RevBytes int    `json:"rev_bytes"`
		Flags    string `json:"tcp_flags"`
		Tunnel   string `json:"tunnel"`
	}
	if err := json.Unmarshal([]byte(lines[0]), &got); err != nil {
		t.Fatal(err)
	}
	if got.Start != base || got.Src != "10.0.0.1" || *got.Port != 1000 || got.RevBytes != 60 || got.Flags != "FSAN" {
		t.Errorf("%+v", got)
	}
	got.Port = nil
	if err := json.Unmarshal([]byte(lines[2]), &got); err != nil || got.Port != nil {
		t.Errorf("%v %+v", err, got)
	}
	for _, l := range lines {
		if !json.Valid([]byte(l)) {
			t.Errorf("not JSON: %s", l)
		}
	}
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

func TestOutputDoesNotAllocate(t *testing.T) {
	r := Record{Key: Key{Version: 4, PortsOK: true}, Start: time.Now().UnixNano()}
	for name, w := range map[string]RecordWriter{"csv": NewCSV(discard{}), "jsonl": NewJSONL(discard{})} {
		t.Run(name, func(t *testing.T) {
			if n := testing.AllocsPerRun(100, func() { w.WriteRecord(&r) }); n != 0 {
				t.Errorf("%s: %v allocations per record", name, n)
			}
		})
	}
}
