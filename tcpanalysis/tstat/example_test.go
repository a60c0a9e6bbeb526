package tstat_test

import (
	"fmt"
	"net/netip"
	"os"
	"strings"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis/tstat"
)

// packets returns a connection of 192.0.2.1 that sends 100 bytes and is reset, each packet 10 ms
// after the one before, and a UDP datagram.
func packets() []*pcapio.Packet {
	var all []*pcapio.Packet
	add := func(fromClient bool, flags pcapio.TCPFlags, seq, ack uint32, n int) {
		p := &pcapio.Packet{Status: pcapio.StatusOK, Layers: pcapio.LayerIPv4 | pcapio.LayerTCP, IPVersion: 4, Proto: 6, TTL: 64,
			IPHdrLen: 20, IPLen: 40 + n, PayloadLen: n, PayloadOff: 40, IPID: uint32(len(all) + 1), TransportOff: 20}
		p.Time, p.Data = 1e18+int64(len(all))*10e6, make([]byte, 40+n)
		p.Data[2], p.Data[3] = byte(p.IPLen>>8), byte(p.IPLen)
		p.Src, p.SrcPort = [16]byte{10: 255, 11: 255, 12: 192, 14: 2, 15: 1}, 40000
		p.Dst, p.DstPort = [16]byte{10: 255, 11: 255, 12: 192, 14: 2, 15: 80}, 80
		if !fromClient {
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
	add(true, pcapio.RST, 201, 0, 0)
	add(true, 0, 0, 0, 20)
	udp := all[len(all)-1]
	udp.Layers, udp.Proto, udp.PayloadOff, udp.PayloadLen, udp.TCP = pcapio.LayerIPv4|pcapio.LayerUDP, 17, 28, 32, pcapio.TCP{}
	udp.Data[25] = 40
	return all
}

func follow(cfg tstat.Config, conns tstat.ConnWriter, flows tstat.FlowWriter, steps tstat.StepWriter) *tstat.Analyzer {
	a, err := tstat.New(cfg, conns, flows, steps)
	if err != nil {
		fmt.Println(err)
		return nil
	}
	for _, p := range packets() {
		if err := a.WritePacket(p); err != nil {
			fmt.Println(err)
		}
	}
	if err := a.Flush(); err != nil {
		fmt.Println(err)
	}
	return a
}

func ExampleNew() {
	a := follow(tstat.Config{}, tstat.ConnWriterFunc(func(c *tstat.Conn) error {
		fmt.Println(c.ClientEndpoint(), c.ServerEndpoint(), c.Reason, c.Complete, c.Client.UniqueBytes, c.Client.RTT.Mean(), c.Client.RTT.SampleStdDev())
		return nil
	}), tstat.FlowWriterFunc(func(f *tstat.Flow) error {
		fmt.Println(f.ClientEndpoint(), f.ServerEndpoint(), f.Reason, f.Client.Bytes)
		return nil
	}), nil)
	fmt.Println(a.Stats().TCP, a.Stats().UDP)
	// Output:
	// 192.0.2.1:40000 192.0.2.80:80 reset true 100 10000000 0
	// 192.0.2.1:40000 192.0.2.80:80 end-of-input 32
	// 6 1
}

func ExampleNewLogs() {
	logs := tstat.NewLogs(nil, nil, os.Stdout)
	follow(tstat.Config{}, logs, logs, nil)
	if err := logs.Flush(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// #c_ip:1 c_port:2 c_first_abs:3 c_durat:4 c_bytes_all:5 c_pkts_all:6 c_isint:7 c_iscrypto:8 c_type:9 s_ip:10 s_port:11 s_first_abs:12 s_durat:13 s_bytes_all:14 s_pkts_all:15 s_isint:16 s_iscrypto:17 s_type:18 fqdn:19 quic_SNI:20 quic_UA:21 quic_CHLO:22 quic_REJ:23
	// 192.0.2.1 40000 1000000000060.000000 0.000000 32 1 1 0 0 192.0.2.80 80 0.000000 0.000000 0 0 1 0 0 - - - 0 0
}

func ExampleConfig() {
	cfg := tstat.Config{Internal: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	fmt.Println(follow(cfg, nil, nil, nil).Stats().External)
	// Output: 2
}

func ExampleSet() {
	total := tstat.NewSet() // of all steps
	follow(tstat.Config{}, nil, nil, tstat.StepWriterFunc(func(s *tstat.Set) error {
		total.Merge(s)
		return nil
	}))
	h := total.Histogram("tcp_rtt_avg_c2s")
	for i, n := range h.Counts {
		if n > 0 {
			fmt.Println(h.Edge(i), "ms:", n)
		}
	}
	// Output: 10 ms: 1
}

func ExampleHistogram_Merge() {
	a, b := tstat.NewSet().Histogram("ip_len_in"), tstat.NewSet().Histogram("ip_len_in")
	a.Add(40)
	b.Add(41)
	b.Add(1500)
	if err := a.Merge(b); err != nil {
		fmt.Println(err)
	}
	fmt.Println(a.Samples(), a.Counts[11])
	fmt.Println(a.Merge(tstat.NewSet().Histogram("ip_ttl_in")))
	// Output:
	// 3 2
	// tstat: bad configuration: histograms ip_len_in and ip_ttl_in have different bins
}

func ExampleSet_WriteCumulative() {
	s := tstat.NewSet()
	for _, ms := range []int64{12, 12, 30, 5000} {
		s.Histogram("tcp_rtt_min_c2s").Add(ms)
	}
	if err := s.WriteCumulative(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// histogram,bin,count,share,cumulative_share
	// tcp_rtt_min_c2s,12,2,0.500000000,0.500000000
	// tcp_rtt_min_c2s,30,1,0.250000000,0.750000000
	// tcp_rtt_min_c2s,2000,1,0.250000000,1.000000000
}

func ExampleNewHistogramDir() {
	dir, err := os.MkdirTemp("", "histograms")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	d, err := tstat.NewHistogramDir(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	follow(tstat.Config{}, nil, nil, d)
	if err := d.Flush(); err != nil {
		fmt.Println(err)
	}
	text, err := os.ReadFile(dir + "/2001_09_09_01_46.out/LAST/tcp_cl_b_s_c2s")
	fmt.Print(string(text), err)
	// Output:
	// #TCP payload sent by a side, fine [byte]
	// #RANGE: min=0 bin_size=50 max=50000
	// 100 1
	// <nil>
}

func ExampleNewLogDir() {
	dir, err := os.MkdirTemp("", "logs")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	logs, err := tstat.NewLogDir(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	follow(tstat.Config{}, logs, logs, nil) // whose Flush completes the files
	text, err := os.ReadFile(dir + "/log_udp_complete")
	fmt.Println(strings.Count(string(text), "\n"), err)
	// Output: 2 <nil>
}
