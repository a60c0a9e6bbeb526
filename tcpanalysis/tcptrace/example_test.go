package tcptrace_test

import (
	"fmt"
	"os"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis/tcptrace"
)

// transfer returns a handshake, 100 bytes and their ACK, 10 ms apart.
func transfer() []*pcapio.Packet {
	var all []*pcapio.Packet
	add := func(fromA bool, flags pcapio.TCPFlags, seq, ack uint32, n int) {
		p := &pcapio.Packet{Status: pcapio.StatusOK, Layers: pcapio.LayerIPv4 | pcapio.LayerTCP, IPVersion: 4, Proto: 6,
			IPHdrLen: 20, IPLen: 40 + n, PayloadLen: n, IPID: uint32(len(all) + 1), TransportOff: 34}
		p.Time, p.Data = 1e18+int64(len(all))*10e6, make([]byte, 54+n)
		p.Src, p.SrcPort = [16]byte{10: 255, 11: 255, 12: 192, 14: 2, 15: 1}, 40000
		p.Dst, p.DstPort = [16]byte{10: 255, 11: 255, 12: 192, 14: 2, 15: 80}, 80
		if !fromA {
			p.Src, p.SrcPort, p.Dst, p.DstPort = p.Dst, p.DstPort, p.Src, p.SrcPort
		}
		p.TCP = pcapio.TCP{Seq: seq, Ack: ack, Flags: flags, Window: 8192, HdrLen: 20}
		all = append(all, p)
	}
	add(true, pcapio.SYN, 100, 0, 0)
	add(false, pcapio.SYN|pcapio.ACK, 900, 101, 0)
	add(true, pcapio.ACK, 101, 901, 0)
	add(true, pcapio.ACK|pcapio.PSH, 101, 901, 100)
	add(false, pcapio.ACK, 901, 201, 0)
	return all
}

func analyze(cfg tcptrace.Config, graphs tcptrace.ElementWriter) *tcptrace.Analyzer {
	a, err := tcptrace.New(cfg, graphs)
	if err != nil {
		fmt.Println(err)
		return nil
	}
	for _, p := range transfer() {
		if err := a.WritePacket(p); err != nil {
			fmt.Println(err)
		}
	}
	if err := a.Flush(); err != nil {
		fmt.Println(err)
	}
	return a
}

func ExampleAnalyzer() {
	for c := range analyze(tcptrace.Config{}, nil).Conns() {
		fmt.Println(c.Number, c.A(), c.B(), c.A2B.UniqueBytes, c.A2B.RTT.N, c.A2B.RTT.Max)
	}
	// Output: 1 192.0.2.1:40000 192.0.2.80:80 100 2 10000
}

func ExampleWriteBrief() {
	if err := tcptrace.WriteBrief(os.Stdout, analyze(tcptrace.Config{}, nil), tcptrace.Selection{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 5 packets seen, 5 TCP packets traced
	// trace file elapsed time: 0:00:00.040000
	// TCP connection info:
	//   1: 192.0.2.1:40000 - 192.0.2.80:80 (a2b)    3>    2<
}

func ExampleParseSelection() {
	sel, err := tcptrace.ParseSelection("1,3-5")
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(sel.Has(1), sel.Has(2), sel.Has(4))
	// Output: true false true
}

func ExampleElementWriterFunc() {
	// Each round-trip time of what a sent, in milliseconds.
	analyze(tcptrace.Config{}, tcptrace.ElementWriterFunc(func(g tcptrace.Graph, e *tcptrace.Element) error {
		if g.Name() == "a2b_rtt" && e.Series == "rtt" && e.Shape == tcptrace.Dot {
			fmt.Println(e.T, e.Y)
		}
		return nil
	}))
	// Output:
	// 1000000000010000 10
	// 1000000000040000 10
}

func ExampleXplotDir() {
	dir, err := os.MkdirTemp("", "xplot")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	analyze(tcptrace.Config{}, tcptrace.NewXplotDir(dir))
	b, err := os.ReadFile(dir + "/a2b_ssize.xpl")
	if err != nil {
		fmt.Println(err)
	}
	fmt.Print(string(b))
	// Output:
	// timeval signed
	// title
	// 192.0.2.1:40000_==>_192.0.2.80:80 (segment size graph)
	// xlabel
	// time
	// ylabel
	// segment size (bytes)
	// red
	// dot 1000000000.030000 100
	// blue
	// dot 1000000000.030000 100
	// go
}
