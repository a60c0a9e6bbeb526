package echo_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net/netip"
	"os"
	"time"

	"github.com/reeftools/reef/flow/echo"
	"github.com/reeftools/reef/pcapio"
)

// ping stands for a capture: 192.0.2.1 asks 192.0.2.9 three times. The first reply takes 20 ms and
// comes twice, the second is lost, the third takes 30 ms.
func ping() *pcapio.Decoder {
	const request, reply = 8, 0
	frames := []struct {
		ms       int64
		typ, seq byte
	}{{0, request, 1}, {20, reply, 1}, {21, reply, 1}, {1000, request, 2}, {2000, request, 3}, {2030, reply, 3}}
	return pcapio.NewDecoder(pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
		if len(frames) == 0 {
			return io.EOF
		}
		f := frames[0]
		frames = frames[1:]
		b := []byte{0x45, 0, 0, 28, 0, 0, 0, 0, 64, 1, 0, 0, 192, 0, 2, 1, 192, 0, 2, 9, // IPv4
			f.typ, 0, 0, 0, 0, 77, 0, f.seq}
		if f.typ == reply {
			b[15], b[19] = 9, 1
		}
		binary.BigEndian.PutUint16(b[22:], ^(uint16(f.typ)<<8 + 77 + uint16(f.seq)))
		*r = pcapio.Record{Time: 1_700_000_000e9 + f.ms*1e6, OrigLen: len(b), LinkType: pcapio.LinkIPv4, Data: b}
		return nil
	}), pcapio.DecodeConfig{})
}

func ExampleNew() {
	matcher, err := echo.New(echo.Config{Timeout: time.Second}, echo.ExchangeWriterFunc(func(e *echo.Exchange) error {
		fmt.Println(e.DstAddr(), "seq", e.Seq, "replies", e.Replies, "rtt", e.RTT())
		return nil
	}))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := pcapio.Run(ping(), matcher); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 192.0.2.9 seq 1 replies 2 rtt 20ms
	// 192.0.2.9 seq 2 replies 0 rtt 0s
	// 192.0.2.9 seq 3 replies 1 rtt 30ms
}

func ExampleNewSummary() {
	summary, err := echo.NewSummary(echo.SummaryConfig{})
	if err != nil {
		log.Fatal(err)
	}
	matcher, err := echo.New(echo.Config{}, summary)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := pcapio.Run(ping(), matcher); err != nil {
		log.Fatal(err)
	}
	for _, d := range summary.Destinations() {
		fmt.Printf("%v: %d sent, %.0f %% lost, %d duplicates, RTT %v to %v, mean %v\n", d.Dst, d.Exchanges, 100*d.LossRatio(), d.Duplicates,
			d.RTT.Min, d.RTT.Max, d.RTT.Mean())
	}
	// Output: 192.0.2.9: 3 sent, 33 % lost, 1 duplicates, RTT 20ms to 30ms, mean 25ms
}

func ExampleNewCSV() {
	matcher, err := echo.New(echo.Config{}, echo.NewCSV(os.Stdout))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := pcapio.Run(ping(), matcher); err != nil {
		log.Fatal(err)
	}
	// Output:
	// kind,src,dst,id,seq,request_ns,requests,replies,result,rtt_ns,first_rtt_ns,last_rtt_ns,request_bytes,reply_bytes,request_ttl,reply_ttl,payload_changed,reordered,answers,answer,responder,end_reason
	// echo,192.0.2.1,192.0.2.9,77,1,1700000000000000000,1,2,answered,20000000,20000000,21000000,8,8,64,64,false,false,1,1,192.0.2.9,forced end
	// echo,192.0.2.1,192.0.2.9,77,2,1700000001000000000,1,0,lost,,,,8,,64,,false,false,0,,,forced end
	// echo,192.0.2.1,192.0.2.9,77,3,1700000002000000000,1,1,answered,30000000,30000000,30000000,8,8,64,64,false,false,1,1,192.0.2.9,forced end
}

func ExampleNewJSONL() {
	w := echo.NewJSONL(os.Stdout)
	matcher, err := echo.New(echo.Config{}, echo.ExchangeWriterFunc(func(e *echo.Exchange) error {
		if !e.Lost() {
			return nil
		}
		return w.WriteExchange(e)
	}))
	if err != nil {
		log.Fatal(err)
	}
	_, err = pcapio.Run(ping(), matcher)
	if err := errors.Join(err, w.Flush()); err != nil { // behind a function, Run does not see it
		log.Fatal(err)
	}
	// Output: {"kind":"echo","src":"192.0.2.1","dst":"192.0.2.9","id":77,"seq":2,"request_ns":1700000001000000000,"requests":1,"replies":0,"result":"lost","request_bytes":8,"request_ttl":64,"payload_changed":false,"reordered":false,"answers":0,"end_reason":"forced end"}
}

func ExampleColumns() {
	for _, c := range echo.Columns()[8:11] {
		fmt.Println(c.Name, c.Unit, "-", c.Definition)
	}
	// Output:
	// result  - answered or lost
	// rtt_ns ns - first reply after the last copy of the request
	// first_rtt_ns ns - first reply after the first copy
}

// The fields that tshark prints. To it the second reply belongs to nothing.
func ExampleNewClassic() {
	fmt.Println(echo.ClassicHeader)
	var line []byte
	messages, err := echo.NewClassic(echo.ClassicConfig{}, echo.MessageWriterFunc(func(m *echo.Message) error {
		line = append(m.AppendCSV(line[:0]), '\n')
		_, err := os.Stdout.Write(line)
		return err
	}))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := pcapio.Copy(messages, ping()); err != nil {
		log.Fatal(err)
	}
	// Output:
	// frame.time_epoch,ip.src,ip.dst,icmp.type,icmp.ident,icmp.seq,ip.len,ip.hdr_len,icmp.resptime
	// 1700000000.000000000,192.0.2.1,192.0.2.9,8,77,1,28,20,
	// 1700000000.020000000,192.0.2.9,192.0.2.1,0,77,1,28,20,20
	// 1700000000.021000000,192.0.2.9,192.0.2.1,0,77,1,28,20,
	// 1700000001.000000000,192.0.2.1,192.0.2.9,8,77,2,28,20,
	// 1700000002.000000000,192.0.2.1,192.0.2.9,8,77,3,28,20,
	// 1700000002.030000000,192.0.2.9,192.0.2.1,0,77,3,28,20,30
}

// Each host that hears a multicast request answers from its own address.
func ExampleExchange() {
	matcher, err := echo.New(echo.Config{}, echo.ExchangeWriterFunc(func(e *echo.Exchange) error {
		fmt.Println(e.DstAddr(), "was answered by", e.Answers(), "hosts")
		fmt.Println("first by", e.ResponderAddr(), "after", e.RTT())
		for _, a := range e.More {
			fmt.Println("then by", netip.AddrFrom16(a.Responder).Unmap(), "after", time.Duration(a.Reply-e.LastRequest))
		}
		return nil
	}))
	if err != nil {
		log.Fatal(err)
	}
	asker, all := netip.MustParseAddr("192.0.2.1").As16(), netip.MustParseAddr("224.0.0.1").As16()
	p := pcapio.Packet{Status: pcapio.StatusOK, Layers: pcapio.LayerIPv4 | pcapio.LayerICMP, IPVersion: 4, Proto: 1, IPLen: 28, IPHdrLen: 20,
		Src: asker, Dst: all, ICMP: pcapio.ICMP{Type: 8, ID: 7, Seq: 1}}
	err = matcher.WritePacket(&p)
	for _, host := range []string{"192.0.2.8", "192.0.2.9"} {
		p.Src, p.Dst, p.ICMP.Type = netip.MustParseAddr(host).As16(), asker, 0
		p.Time += 2e6
		err = errors.Join(err, matcher.WritePacket(&p))
	}
	if err := errors.Join(err, matcher.Flush()); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 224.0.0.1 was answered by 2 hosts
	// first by 192.0.2.8 after 2ms
	// then by 192.0.2.9 after 4ms
}
