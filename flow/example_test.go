package flow_test

import (
	"errors"
	"fmt"
	"log"
	"net/netip"
	"os"
	"time"

	"github.com/reeftools/reef/flow"
	"github.com/reeftools/reef/pcapio"
)

// open decodes one of the module's own captures.
func open(name string) *pcapio.Decoder {
	capture, err := pcapio.Open("../testdata/" + name)
	if err != nil {
		log.Fatal(err)
	}
	return pcapio.NewDecoder(capture, pcapio.DecodeConfig{})
}

// State of your own per flow: here the largest silence in it.
func ExampleNewTable() {
	type silence struct{ last, largest int64 }
	add := func(s *silence, p *pcapio.Packet, _ flow.Direction) {
		if s.last != 0 {
			s.largest = max(s.largest, p.Time-s.last)
		}
		s.last = p.Time
	}
	end := func(r *flow.Record, s *silence) error {
		fmt.Println(r.Key, "silent for", time.Duration(s.largest).Round(10*time.Millisecond))
		return nil
	}
	table, err := flow.NewTable(flow.Config{}, add, end)
	if err != nil {
		log.Fatal(err)
	}
	_, err = pcapio.Copy(table, open("reset.pcap"))
	if err := errors.Join(err, table.Flush()); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 6 10.20.0.1:38218 > 10.20.0.2:9 silent for 40ms
	// 6 10.20.0.1:41220 > 10.20.0.2:7003 silent for 40ms
	// 6 [2001:db8:20::1]:59768 > [2001:db8:20::2]:9 silent for 40ms
}

func ExampleTable_Stats() {
	table, err := flow.NewTable(flow.Config{Idle: time.Second}, nil, func(*flow.Record, *struct{}) error { return nil })
	if err != nil {
		log.Fatal(err)
	}
	_, err = pcapio.Copy(table, open("web.pcap"))
	if err := errors.Join(err, table.Flush()); err != nil {
		log.Fatal(err)
	}
	s := table.Stats()
	fmt.Println(s.Packets, "packets:", s.Counted, "on flows,", s.Skipped.Total(), "not")
	for reason, n := range s.Ended {
		if n > 0 {
			fmt.Println(n, flow.EndReason(reason))
		}
	}
	// Output:
	// 626 packets: 626 on flows, 0 not
	// 17 idle timeout
	// 16 end of flow
	// 1 forced end
}

func ExampleTable_EndFlow() {
	// Records of at most 10 packets.
	var table *flow.Table[int]
	add := func(n *int, _ *pcapio.Packet, _ flow.Direction) {
		if *n++; *n == 10 {
			table.EndFlow()
		}
	}
	most := uint64(0)
	table, err := flow.NewTable(flow.Config{}, add, func(r *flow.Record, _ *int) error {
		most = max(most, r.Packets())
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	_, err = pcapio.Copy(table, open("web.pcap"))
	if err := errors.Join(err, table.Flush()); err != nil {
		log.Fatal(err)
	}
	fmt.Println("at most", most)
	// Output: at most 10
}

func ExampleTable_Advance() {
	// Time that passes without packets, as at a live source, ends flows as well.
	table, err := flow.NewTable(flow.Config{Idle: time.Second, Hold: -1}, nil, func(r *flow.Record, _ *struct{}) error {
		fmt.Println(r.Reason)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	p := pcapio.Packet{Status: pcapio.StatusOK, IPVersion: 4, Proto: 17, IPLen: 100}
	if err := errors.Join(table.WritePacket(&p), table.Advance(int64(10*time.Second))); err != nil {
		log.Fatal(err)
	}
	// Output: idle timeout
}

func ExampleTable_Live() {
	table, err := flow.NewTable(flow.Config{}, nil, func(*flow.Record, *struct{}) error { return nil })
	if err != nil {
		log.Fatal(err)
	}
	if _, err = pcapio.Copy(table, open("ping-loss.pcap")); err != nil {
		log.Fatal(err)
	}
	for r := range table.Live() {
		fmt.Println(r.Key.SrcAddr(), r.Key.DstAddr(), r.Fwd.Packets, r.Rev.Packets)
	}
	// Output:
	// 10.20.0.1 10.20.0.2 15 10
	// fe80::ff:fe00:b 2001:db8:20::1 1 1
	// 2001:db8:20::1 2001:db8:20::2 15 15
	// fe80::ff:fe00:a fe80::ff:fe00:b 1 1
}

func ExampleConfig_Validate() {
	cfg := flow.Config{Uni: true, Perimeter: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	err := cfg.Validate()
	fmt.Println(err, errors.Is(err, flow.ErrConfig))
	// Output: flow: bad configuration: Perimeter is for biflows true
}

func ExampleKeyOf() {
	d := open("ping-loss.pcap")
	var p pcapio.Packet
	if err := d.ReadPacket(&p); err != nil {
		log.Fatal(err)
	}
	key := flow.KeyOf(&p, &flow.Config{})
	back := key.Reverse()
	fmt.Println(key, "|", back)
	// Output:
	// 1 10.20.0.1:8 > 10.20.0.2:0 | 1 10.20.0.2:0 > 10.20.0.1:8
}

// The commonest use: a record for each flow, here those above 10 packets.
func ExampleNewRecords() {
	large := flow.RecordWriterFunc(func(r *flow.Record) error {
		if r.Packets() > 10 {
			fmt.Println(r.Key, r.Packets(), "packets,", r.Reason)
		}
		return nil
	})
	table, err := flow.NewRecords(flow.Config{}, large)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := pcapio.Run(open("keepalive.pcap"), table); err != nil {
		log.Fatal(err)
	}
	// Output: 6 10.20.0.1:54682 > 10.20.0.2:7001 16 packets, end of flow
}

func ExampleColumns() {
	for _, c := range flow.Columns()[:4] {
		fmt.Printf("%s, %v, unit %q: %s\n", c.Name, c.Kind, c.Unit, c.Definition)
	}
	// Output:
	// start_ns, time, unit "ns": time of the earliest packet, ns since 1970
	// end_ns, time, unit "ns": time of the latest packet, ns since 1970
	// src, address, unit "": source address of the flow's forward direction
	// src_port, unsigned, unit "": source port; none where the protocol has none or it was not captured; for ICMP see KeyOf
}

func ExampleNewCSV() {
	table, err := flow.NewRecords(flow.Config{}, flow.NewCSV(os.Stdout))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := pcapio.Run(open("keepalive.pcap"), table); err != nil {
		log.Fatal(err)
	}
	// Output:
	// start_ns,end_ns,src,src_port,dst,dst_port,proto,packets,bytes,tcp_flags,rev_packets,rev_bytes,rev_tcp_flags,vlan,inner_vlan,tunnel,tunnel_id,part,direction,end_reason
	// 1795422015180835000,1795422020267880000,10.20.0.1,54682,10.20.0.2,7001,6,9,477,FSPA,7,372,FSA,,,,,0,initiator,end of flow
}

func ExampleNewJSONL() {
	table, err := flow.NewRecords(flow.Config{}, flow.NewJSONL(os.Stdout))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := pcapio.Run(open("keepalive.pcap"), table); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {"start_ns":1795422015180835000,"end_ns":1795422020267880000,"src":"10.20.0.1","src_port":54682,"dst":"10.20.0.2","dst_port":7001,"proto":6,"packets":9,"bytes":477,"tcp_flags":"FSPA","rev_packets":7,"rev_bytes":372,"rev_tcp_flags":"FSA","part":0,"direction":"initiator","end_reason":"end of flow"}
}

// The flows that had packets since the last look, whatever the number of the others.
func ExampleTable_Touched() {
	table, err := flow.NewTable(flow.Config{}, nil, func(*flow.Record, *struct{}) error { return nil })
	if err != nil {
		log.Fatal(err)
	}
	p := pcapio.Packet{Status: pcapio.StatusOK, IPVersion: 4, Proto: 17, IPLen: 100, PortsOK: true}
	look := func(ports ...uint16) {
		for _, p.SrcPort = range ports {
			if err := table.WritePacket(&p); err != nil {
				log.Fatal(err)
			}
		}
		for r := range table.Touched() {
			fmt.Println(r.Key.SrcPort, "has", r.Fwd.Packets)
		}
	}
	look(1, 2)
	look(2, 2)
	// Output:
	// 1 has 1
	// 2 has 1
	// 2 has 3
}

// sides counts packets by direction, and follows when the direction of its flow turns out to be the
// other.
type sides [2]int

func (s *sides) Turn() { s[0], s[1] = s[1], s[0] }

// A state with a method Turn stays right when a SYN is stored behind the server's answer.
func ExampleTurner() {
	table, err := flow.NewTable(flow.Config{},
		func(s *sides, _ *pcapio.Packet, d flow.Direction) { s[d]++ },
		func(r *flow.Record, s *sides) error {
			fmt.Println(r.Key, r.Method, *s)
			return nil
		})
	if err != nil {
		log.Fatal(err)
	}
	client, server := netip.MustParseAddr("192.0.2.1").As16(), netip.MustParseAddr("192.0.2.2").As16()
	answer := pcapio.Packet{Status: pcapio.StatusOK, Layers: pcapio.LayerIPv4 | pcapio.LayerTCP, IPVersion: 4, Proto: 6, IPLen: 140,
		Src: server, Dst: client, SrcPort: 80, DstPort: 40000, PortsOK: true, PayloadLen: 100}
	answer.TCP = pcapio.TCP{Seq: 5001, Ack: 1001, Flags: pcapio.ACK}
	syn := answer
	syn.Src, syn.Dst, syn.SrcPort, syn.DstPort, syn.PayloadLen, syn.IPLen = client, server, 40000, 80, 0, 40
	syn.TCP = pcapio.TCP{Seq: 1000, Flags: pcapio.SYN}
	for _, p := range []*pcapio.Packet{&answer, &syn} {
		if err := table.WritePacket(p); err != nil {
			log.Fatal(err)
		}
	}
	if err := table.Flush(); err != nil {
		log.Fatal(err)
	}
	// Output: 6 192.0.2.1:40000 > 192.0.2.2:80 initiator [1 1]
}

// Records in the form of JSONL inside of JSON of your own.
func ExampleRecord_AppendJSON() {
	r := flow.Record{Start: 1, End: 2, Key: flow.Key{Version: 4, Proto: 17, PortsOK: true, SrcPort: 53, DstPort: 1024}}
	all := flow.Columns()
	fmt.Printf("{\"flow\":%s}\n", r.AppendJSON(nil, all[3], all[5]))
	// Output: {"flow":{"src_port":53,"dst_port":1024}}
}

// A table of its own for every five seconds.
func ExampleNewWindows() {
	begin := func(start int64) (pcapio.PacketWriter, error) {
		flows := 0
		table, err := flow.NewRecords(flow.Config{}, flow.RecordWriterFunc(func(*flow.Record) error { flows++; return nil }))
		return atEnd{table, func() { fmt.Println(time.Unix(0, start).UTC().Format("15:04:05"), flows, "flows") }}, err
	}
	windows, err := flow.NewWindows(flow.WindowsConfig{Length: 5 * time.Second, Align: true}, begin)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := pcapio.Run(open("web.pcap"), windows); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 08:20:40 1 flows
	// 08:20:45 30 flows
	// 08:20:50 1 flows
}

// atEnd is a table with something to do after its Flush.
type atEnd struct {
	*flow.Table[struct{}]
	done func()
}

func (a atEnd) Flush() error {
	err := a.Table.Flush()
	a.done()
	return err
}
