package intervalstat_test

import (
	"cmp"
	"fmt"
	"time"

	"github.com/reeftools/reef/intervalstat"
	"github.com/reeftools/reef/pcapio"
)

const capture = "../testdata/web.pcap"

func ExampleNewSeries() {
	r, err := pcapio.Open(capture)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	cfg := intervalstat.Config{Width: 2 * time.Second, Size: intervalstat.SizeIP, Distinct: true, Percentiles: true}
	series, err := intervalstat.NewSeries(cfg, intervalstat.BucketWriterFunc(func(b *intervalstat.Bucket) error {
		fmt.Printf("%d: %d packets, %d bytes, median %d, deviation %.1f, TCP %d, about %.0f flows, partial %v\n",
			b.Number, b.Packets, b.Bytes, b.Quantile(0.5), b.StdDev(), b.TCP, b.Flows.Estimate(), b.Partial())
		return nil
	}))
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
	// 1: 176 packets, 52278 bytes, median 72, deviation 479.4, TCP 157, about 19 flows, partial false
	// 2: 445 packets, 256938 bytes, median 166, deviation 660.3, TCP 382, about 15 flows, partial false
	// 3: 5 packets, 720 bytes, median 200, deviation 68.6, TCP 2, about 2 flows, partial true
}

// Records need not be decoded first, where nothing else wants packets.
func ExampleSeries_WriteRecord() {
	r, err := pcapio.Open(capture)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	series, err := intervalstat.NewSeries(intervalstat.Config{Width: 2 * time.Second}, intervalstat.BucketWriterFunc(func(b *intervalstat.Bucket) error {
		fmt.Printf("%d: %d packets, %d bytes, TCP %d\n", b.Number, b.Packets, b.Bytes, b.TCP)
		return nil
	}))
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := pcapio.CopyRecords(series, r); err != nil {
		fmt.Println(err)
	}
	if err := series.Flush(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 1: 176 packets, 54742 bytes, TCP 157
	// 2: 445 packets, 263168 bytes, TCP 382
	// 3: 5 packets, 790 bytes, TCP 2
}

func ExampleNewGroups() {
	r, err := pcapio.Open(capture)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	groups, err := intervalstat.NewGroups(intervalstat.Config{Whole: true}, intervalstat.ByProtocol, cmp.Compare[uint8],
		func(all *intervalstat.Bucket, groups []intervalstat.Group[uint8]) error {
			fmt.Println(len(groups), "protocols", all.Packets, all.Bytes)
			for _, g := range intervalstat.TopGroups(groups, 2, func(b *intervalstat.Bucket) uint64 { return b.Bytes }) {
				fmt.Println("protocol", g.Key, g.Packets, g.Bytes)
			}
			return nil
		})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := pcapio.Copy(groups, pcapio.NewDecoder(r, pcapio.DecodeConfig{})); err != nil {
		fmt.Println(err)
	}
	if err := groups.Flush(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 3 protocols 626 318700
	// protocol 6 541 303697
	// protocol 17 83 14839
}

func ExampleByPrefix() {
	by, err := intervalstat.ByPrefix(24, 64, false)
	if err != nil {
		fmt.Println(err)
		return
	}
	p := pcapio.Packet{Status: pcapio.StatusOK, IPVersion: 4, Src: [16]byte{10: 0xff, 11: 0xff, 12: 10, 13: 1, 14: 2, 15: 3}}
	fmt.Println(by(&p))
	// Output: 10.1.2.0/24 true
}

func ExampleBucket_Merge() {
	cfg := intervalstat.Config{Width: time.Second, Align: true}
	tap := func(sizes ...int) *intervalstat.Bucket {
		var kept *intervalstat.Bucket
		s, err := intervalstat.NewSeries(cfg, intervalstat.BucketWriterFunc(func(b *intervalstat.Bucket) error { kept = b.Clone(); return nil }))
		if err != nil {
			fmt.Println(err)
		}
		for _, n := range sizes {
			if err := s.WritePacket(&pcapio.Packet{Record: pcapio.Record{Time: 1e9, OrigLen: n}}); err != nil {
				fmt.Println(err)
			}
		}
		if err := s.Flush(); err != nil {
			fmt.Println(err)
		}
		return kept
	}
	a, b := tap(100, 200), tap(300)
	err := a.Merge(b)
	fmt.Println(a.Packets, a.Mean(), a.Min, a.Max, err)
	// Output: 3 200 100 300 <nil>
}

func ExampleParseSize() {
	s, err := intervalstat.ParseSize("layer1")
	p := pcapio.Packet{Record: pcapio.Record{OrigLen: 42, LinkType: pcapio.LinkEthernet}}
	fmt.Println(s.Of(&p), err) // 64 with padding and check sequence, 20 of preamble and gap
	// Output: 84 <nil>
}

func ExampleNewVolume() {
	v, err := intervalstat.NewVolume(intervalstat.VolumeConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := v.Add(3400e6, 7800e6, 10, 100000); err != nil { // from 3.4 s to 7.8 s
		fmt.Println(err)
	}
	for b := range v.Bins() {
		fmt.Println(b.Start/1e9, b.Bytes)
	}
	// Output:
	// 3 13636.363636
	// 4 22727.272727
	// 5 22727.272727
	// 6 22727.272728
	// 7 18181.818182
}
