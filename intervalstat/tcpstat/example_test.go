package tcpstat_test

import (
	"fmt"
	"os"
	"time"

	"github.com/reeftools/reef/intervalstat"
	"github.com/reeftools/reef/intervalstat/tcpstat"
	"github.com/reeftools/reef/pcapio"
)

const capture = "../../testdata/ping-loss.pcap"

func ExampleNewPrinter() {
	r, err := pcapio.Open(capture)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	rows, err := tcpstat.NewPrinter(`%R n=%n icmp=%C avg=%a covered=%{covered} partial=%{partial}\n`, tcpstat.Outputs{Stdout: os.Stdout})
	if err != nil {
		fmt.Println(err)
		return
	}
	cfg := intervalstat.Config{Width: 2 * time.Second, Size: intervalstat.SizeNetwork}
	rows.Configure(&cfg)
	series, err := intervalstat.NewSeries(cfg, rows)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := pcapio.Copy(series, pcapio.NewDecoder(r, pcapio.DecodeConfig{})); err != nil {
		fmt.Println(err)
	}
	if err := series.Flush(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 0 n=19 icmp=19 avg=82.32 covered=2.000000000 partial=0
	// 2 n=18 icmp=18 avg=95.11 covered=2.000000000 partial=0
	// 4 n=22 icmp=22 avg=100.73 covered=1.878917000 partial=1
}

func ExampleNewClassic() {
	r, err := pcapio.Open(capture)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	rows, err := tcpstat.NewClassicPrinter(`%R n=%n icmp=%C avg=%a\n`, tcpstat.Outputs{Stdout: os.Stdout})
	if err != nil {
		fmt.Println(err)
		return
	}
	classic, err := tcpstat.NewClassic(tcpstat.ClassicConfig{Width: 2}, rows)
	if err != nil {
		fmt.Println(err)
		return
	}
	// It needs no decoder: only records are looked at.
	_, err = pcapio.Copy(classic, pcapio.PacketReaderFunc(func(p *pcapio.Packet) error { return r.ReadRecord(&p.Record) }))
	if err != nil {
		fmt.Println(err)
	}
	if err := classic.Flush(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 1 n=19 icmp=19 avg=82.32
	// 3 n=18 icmp=18 avg=95.11
	// 5 n=22 icmp=22 avg=100.73
}

func ExampleBandwidth() {
	line := &tcpstat.Bandwidth{Limit: 3000, CarryOver: true}
	for i, bytes := range []uint64{500, 350, 100} { // in a second each
		start := int64(i) * 1e9
		b := &intervalstat.Bucket{Start: start, End: start + 1e9, From: start, To: start + 1e9, Bytes: bytes, Packets: 1}
		if err := line.WriteBucket(b); err != nil {
			fmt.Println(err)
		}
	}
	if _, err := line.WriteTo(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Time exceeding 3000.00 bps:	2.00 sec.	(66.67% of the time)
	// Peak Bandwidth: 4000.00 bps
}

func ExampleAccount() {
	var a tcpstat.Account
	// covered for 4 s of 10
	if err := a.WriteBucket(&intervalstat.Bucket{End: 10e9, To: 4e9, Bytes: 6000}); err != nil {
		fmt.Println(err)
	}
	if _, err := a.WriteTo(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Bytes/sec	=      1.5 KB
	// Bytes/minute	=     87.9 KB
	// Bytes/hour	=      5.1 MB
	// Bytes/day	=    123.6 MB
	// Bytes/month	=      3.6 GB
}
