package netmate_test

import (
	"fmt"
	"net/netip"
	"os"
	"time"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/flow/netmate"
	"github.com/reeftools/reef/pcapio"
)

// exchange stands for a Decoder: a query of 60 bytes and its answer of 200 bytes 2 ms later, over
// UDP and IPv6.
func exchange() []*pcapio.Packet {
	client, server := netip.MustParseAddr("2001:db8::1").As16(), netip.MustParseAddr("2001:db8::53").As16()
	query := &pcapio.Packet{
		Record: pcapio.Record{Time: 1_700_000_000_000_000_000}, Status: pcapio.StatusOK, Layers: pcapio.LayerIPv6 | pcapio.LayerUDP,
		IPVersion: 6, Proto: 17, Src: client, Dst: server, SrcPort: 40000, DstPort: 53, PortsOK: true,
		IPHdrLen: 40, IPLen: 60, PayloadLen: 12,
	}
	answer := *query
	answer.Time += 2_000_000
	answer.Src, answer.Dst, answer.SrcPort, answer.DstPort = server, client, 53, 40000
	answer.IPLen, answer.PayloadLen = 200, 152
	return []*pcapio.Packet{query, &answer}
}

func Example() {
	out := netmate.NewJSONL(os.Stdout, netmate.Modern)
	m, err := netmate.New(netmate.Config{}, out)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range exchange() { // or pcapio.Copy(m, decoder)
		if err := m.WritePacket(p); err != nil {
			fmt.Println(err)
		}
	}
	if err := m.Flush(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"srcip":"2001:db8::1","srcport":40000,"dstip":"2001:db8::53","dstport":53,"proto":17,"total_fpackets":1,"total_fvolume":60,"total_bpackets":1,"total_bvolume":200,"min_fpktl":60,"mean_fpktl":60.000,"max_fpktl":60,"std_fpktl":null,"min_bpktl":200,"mean_bpktl":200.000,"max_bpktl":200,"std_bpktl":null,"min_fiat":null,"mean_fiat":null,"max_fiat":null,"std_fiat":null,"min_biat":null,"mean_biat":null,"max_biat":null,"std_biat":null,"duration":2000.000,"min_active":2000.000,"mean_active":2000.000,"max_active":2000.000,"std_active":null,"min_idle":null,"mean_idle":null,"max_idle":null,"std_idle":null,"sflow_fpackets":1.000,"sflow_fbytes":60.000,"sflow_bpackets":1.000,"sflow_bbytes":200.000,"fpsh_cnt":0,"bpsh_cnt":0,"furg_cnt":0,"burg_cnt":0,"total_fhlen":48,"total_bhlen":48,"start":1700000000.000000000,"end":1700000000.002000000,"end_reason":"forced end","part":0,"direction":"arbitrary","ftcp_flags":0,"btcp_flags":0,"reordered":0,"vlan":0,"inner_vlan":0,"tunnel_id":0,"feature_set":"reef-netmate/1"}
}

// A RowWriter of one's own takes the values that it wants.
func ExampleNew() {
	w := netmate.RowWriterFunc(func(r *netmate.Row) error {
		length, _ := r.Value(netmate.MeanBPktl)
		_, gaps := r.Value(netmate.MeanIdle)
		fmt.Println(r.Key.SrcAddr(), r.Packets(), "packets, mean answer", length, "bytes, gaps:", gaps)
		return nil
	})
	m, err := netmate.New(netmate.Config{IdleThreshold: 5 * time.Second}, w)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range exchange() {
		if err := m.WritePacket(p); err != nil {
			fmt.Println(err)
		}
	}
	if err := m.Flush(); err != nil {
		fmt.Println(err)
	}
	fmt.Println(m.Stats().Rows, "row")
	// Output:
	// 2001:db8::1 2 packets, mean answer 200 bytes, gaps: false
	// 1 row
}

// Features as the state of a table of one's own, beside whatever else it measures.
func ExampleFeatures() {
	type state struct {
		netmate.Features
		smallest uint8 // TTL
	}
	add := func(s *state, p *pcapio.Packet, dir flow.Direction) {
		if s.Fwd.Length.N+s.Rev.Length.N == 0 || p.TTL < s.smallest {
			s.smallest = p.TTL
		}
		s.Add(p, dir, netmate.DefaultIdleThreshold)
	}
	var row netmate.Row
	end := func(rec *flow.Record, s *state) error {
		s.Row(rec, &row)
		fmt.Println(row.Values[netmate.TotalFVolume], row.Values[netmate.TotalBVolume], s.smallest)
		return nil
	}
	table, err := flow.NewTable(flow.Config{}, add, end)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range exchange() {
		if err := table.WritePacket(p); err != nil {
			fmt.Println(err)
		}
	}
	if err := table.Flush(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 60 200 0
}

// Classic rows are made from the frames themselves, as NetMate reads them.
func ExampleNewCSV() {
	out := netmate.NewCSV(os.Stdout, netmate.Classic)
	m, err := netmate.New(netmate.Config{Semantics: netmate.Classic}, out)
	if err != nil {
		fmt.Println(err)
		return
	}
	frame := []byte{0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 4, 0, 0, 53, 0, 9, 0, 0, 'x'}
	for i := range int64(3) {
		p := pcapio.Packet{Record: pcapio.Record{Time: (1 + i*i) * 1e9, LinkType: pcapio.LinkRaw, OrigLen: len(frame), Data: frame}}
		if err := m.WritePacket(&p); err != nil {
			fmt.Println(err)
		}
	}
	if err := m.Flush(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 10.0.0.1,1024,10.0.0.2,53,17,3,87,0,0,29,29,29,0,-1,-1,-1,0,1000000,1000000,1000000,0,0,0,0,0,4000000,0,500000,1000000,707106,3000000,3000000,3000000,0,1,43,0,0,0,0,0,0,68,0
}

func ExampleColumns() {
	for _, c := range netmate.Columns(netmate.Modern)[25:29] {
		fmt.Printf("%s [%s]: %s\n", c.Name, c.Unit, c.Definition)
	}
	// Output:
	// duration [us]: time from the earliest to the latest packet
	// min_active [us]: shortest active period, from its first to its last packet
	// mean_active [us]: mean length of the active periods
	// max_active [us]: longest active period
}

func ExampleMoments() {
	var m netmate.Moments
	for _, v := range []uint64{2, 4, 4, 4, 5, 5, 7, 9} {
		m.Add(v)
	}
	mean, _ := m.Mean(1)
	std, _ := m.SampleStdDev(1000)
	fmt.Println(m.N, m.Min, mean, m.Max, std)
	// Output:
	// 8 2 5 9 2138
}
