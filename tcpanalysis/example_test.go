package tcpanalysis_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis"
)

// conversation returns a handshake, a request, its answer and the close, 20 ms apart from each
// other.
func conversation() []*pcapio.Packet {
	var all []*pcapio.Packet
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).UnixNano()
	add := func(fromClient bool, flags pcapio.TCPFlags, seq, ack uint32, n int) {
		p := &pcapio.Packet{Status: pcapio.StatusOK, Layers: pcapio.LayerIPv4 | pcapio.LayerTCP, IPVersion: 4, Proto: 6, TTL: 64,
			IPLen: 40 + n, PayloadLen: n, IPID: uint32(len(all) + 1)}
		p.Time = at
		p.Src, p.SrcPort = [16]byte{10: 255, 11: 255, 12: 192, 14: 2, 15: 1}, 40000
		p.Dst, p.DstPort = [16]byte{10: 255, 11: 255, 12: 192, 14: 2, 15: 80}, 80
		if !fromClient {
			p.Src, p.SrcPort, p.Dst, p.DstPort = p.Dst, p.DstPort, p.Src, p.SrcPort
		}
		p.TCP = pcapio.TCP{Seq: seq, Ack: ack, Flags: flags, Window: 8192, HdrLen: 20}
		all = append(all, p)
		at += 20e6
	}
	add(true, pcapio.SYN, 100, 0, 0)
	add(false, pcapio.SYN|pcapio.ACK, 900, 101, 0)
	add(true, pcapio.ACK|pcapio.PSH, 101, 901, 200)
	add(false, pcapio.ACK|pcapio.PSH, 901, 301, 1000)
	add(true, pcapio.ACK|pcapio.FIN, 301, 1901, 0)
	add(false, pcapio.ACK|pcapio.FIN, 1901, 302, 0)
	add(true, pcapio.ACK, 302, 1902, 0)
	return all
}

func replay(t *tcpanalysis.Tracker) error {
	for _, p := range conversation() {
		if err := t.WritePacket(p); err != nil {
			return err
		}
	}
	return t.Flush()
}

// Example is the program of the package comment.
func Example() {
	decoder := packets(conversation()) // in your program: a pcapio.Decoder
	var out strings.Builder            // in your program: os.Stdout
	rows := tcpanalysis.NewCSVWriter(&out, tcpanalysis.Columns{RTT: true})
	conns, err := tcpanalysis.NewTracker(tcpanalysis.Config{}, rows, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := pcapio.Run(decoder, conns); err != nil { // flushes rows as well
		fmt.Println(err)
	}
	for line := range strings.Lines(out.String()) {
		fmt.Println(strings.Join(strings.Split(line, ",")[:5], ","))
	}
	// Output:
	// conn,host_a,port_a,host_b,port_b
	// 1,192.0.2.1,40000,192.0.2.80,80
}

// packets reads the packets of all.
func packets(all []*pcapio.Packet) pcapio.PacketReader {
	return pcapio.PacketReaderFunc(func(p *pcapio.Packet) error {
		if len(all) == 0 {
			return io.EOF
		}
		*p, all = *all[0], all[1:]
		return nil
	})
}

func ExampleTracker() {
	t, err := tcpanalysis.NewTracker(tcpanalysis.Config{}, tcpanalysis.ConnWriterFunc(func(c *tcpanalysis.Conn) error {
		fmt.Println(c.A(), c.B(), c.Completeness(), c.A2B.UniqueBytes, c.B2A.UniqueBytes, c.A2B.RTT.Mean())
		return nil
	}), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := replay(t); err != nil {
		fmt.Println(err)
	}
	// Output: 192.0.2.1:40000 192.0.2.80:80 complete 200 1000 20ms
}

func ExampleSampleWriter() {
	var all tcpanalysis.Histogram
	t, err := tcpanalysis.NewTracker(tcpanalysis.Config{}, nil, tcpanalysis.SampleWriterFunc(func(s *tcpanalysis.Sample) error {
		all.Add(s.RTT)
		fmt.Println(s.FromA, s.RTT, s.Method)
		return nil
	}))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := replay(t); err != nil {
		fmt.Println(err)
	}
	fmt.Println(all.Total, "samples, median about", all.Quantile(0.5).Round(time.Millisecond))
	// Output:
	// true 20ms handshake
	// false 20ms handshake
	// true 20ms ack
	// false 20ms ack
	// true 20ms ack
	// false 20ms ack
	// 6 samples, median about 20ms
}

func ExampleRTT_Quantile() {
	t, err := tcpanalysis.NewTracker(tcpanalysis.Config{Percentiles: true}, tcpanalysis.ConnWriterFunc(func(c *tcpanalysis.Conn) error {
		var all tcpanalysis.Histogram
		c.A2B.RTT.AddTo(&all)
		fmt.Println(c.A2B.RTT.Quantile(0.95), all.Total)
		return nil
	}), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := replay(t); err != nil {
		fmt.Println(err)
	}
	// Output: 20ms 3
}

func ExampleHistogram_Merge() {
	var a, b tcpanalysis.Histogram
	a.Add(2 * time.Millisecond)
	b.Add(3 * time.Millisecond)
	a.Merge(&b)
	fmt.Println(a.Total)
	// Output: 2
}

func ExampleCSVWriter() {
	var out strings.Builder
	w := tcpanalysis.NewCSVWriter(&out, tcpanalysis.Columns{})
	t, err := tcpanalysis.NewTracker(tcpanalysis.Config{}, w, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := replay(t); err != nil {
		fmt.Println(err)
	}
	if err := w.Flush(); err != nil {
		fmt.Println(err)
	}
	for line := range strings.Lines(out.String()) {
		fmt.Println(strings.Join(strings.Split(line, ",")[:8], ","))
	}
	// Output:
	// conn,host_a,port_a,host_b,port_b,first_packet_s,last_packet_s,duration_s
	// 1,192.0.2.1,40000,192.0.2.80,80,1767323045.000000000,1767323045.120000000,0.120000000
}

func ExampleJSONWriter() {
	var out strings.Builder
	w := tcpanalysis.NewJSONWriter(&out, tcpanalysis.Columns{RTT: true})
	t, err := tcpanalysis.NewTracker(tcpanalysis.Config{}, w, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := replay(t); err != nil {
		fmt.Println(err)
	}
	if err := w.Flush(); err != nil {
		fmt.Println(err)
	}
	fmt.Println(out.String()[:63])
	// Output: {"conn":1,"host_a":"192.0.2.1","port_a":40000,"host_b":"192.0.2
}

func ExampleBriefWriter() {
	w := tcpanalysis.NewBriefWriter(os.Stdout)
	t, err := tcpanalysis.NewTracker(tcpanalysis.Config{}, w, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := replay(t); err != nil {
		fmt.Println(err)
	}
	if err := w.Flush(); err != nil {
		fmt.Println(err)
	}
	// Output: 1: 192.0.2.1:40000 - 192.0.2.80:80    4>    3<  (complete)
}

func ExampleLongWriter() {
	var out strings.Builder
	w := tcpanalysis.NewLongWriter(&out, tcpanalysis.Columns{})
	t, err := tcpanalysis.NewTracker(tcpanalysis.Config{}, w, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := replay(t); err != nil {
		fmt.Println(err)
	}
	if err := w.Flush(); err != nil {
		fmt.Println(err)
	}
	lines := strings.Split(out.String(), "\n")
	fmt.Println(lines[0])
	fmt.Println(lines[1])
	fmt.Println(lines[8])
	// Output:
	// connection 1: 192.0.2.1:40000 - 192.0.2.80:80
	//   complete, ended by closed, side a by syn
	//   unique_bytes                                    200                 1000
}
