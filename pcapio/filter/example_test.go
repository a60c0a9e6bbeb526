package filter_test

import (
	"errors"
	"fmt"
	"io"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/filter"
)

// frame is a TCP segment from 10.0.0.1, port 443, to 10.0.0.2, port 50000.
var frame = []byte{0, 2, 3, 4, 5, 1, 0, 2, 3, 4, 5, 2, 0x08, 0x00,
	0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
	0x01, 0xbb, 0xc3, 0x50, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x10, 1, 0, 0, 0, 0, 0}

func ExampleCompile() {
	f, err := filter.Compile("tcp port 80 or 443")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Match(&pcapio.Record{LinkType: pcapio.LinkEthernet, OrigLen: len(frame), Data: frame}))
	// Output: true
}

func ExampleSyntaxError() {
	_, err := filter.Compile("tcp port 70000")
	var bad *filter.SyntaxError
	if errors.As(err, &bad) {
		fmt.Println(bad)
		fmt.Println(bad.Caret())
	}
	// Output:
	// filter expression: column 10: port number 70000 is greater than 65535
	// tcp port 70000
	//          ^
}

func ExampleFilter_Check() {
	f, err := filter.Compile("vlan 10")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Check(pcapio.LinkEthernet))
	fmt.Println(f.Check(pcapio.LinkRaw))
	// Output:
	// <nil>
	// filter expression on Raw IP: this link type has no VLAN tags
}

func ExampleFilter_Match() {
	f, err := filter.Compile("src net 10.0.0.0/8 and tcp[tcpflags] & tcp-syn = 0")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f, f.Match(&pcapio.Record{LinkType: pcapio.LinkEthernet, OrigLen: len(frame), Data: frame}))
	// Output: src net 10.0.0.0/8 and tcp[tcpflags] & tcp-syn = 0 true
}

func ExampleFilter_BPF() {
	f, err := filter.Compile("ip6")
	if err != nil {
		fmt.Println(err)
		return
	}
	prog, err := f.BPF(pcapio.LinkEthernet, 96)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, in := range prog {
		fmt.Println(in.Op, in.Jt, in.Jf, in.K) // as tcpdump -ddd prints them
	}
	// Output:
	// 40 0 0 12
	// 21 0 1 34525
	// 6 0 0 96
	// 6 0 0 0
}

func ExampleNewReader() {
	frames := [][]byte{frame, frame[:20], frame}
	src := pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
		if len(frames) == 0 {
			return io.EOF
		}
		*r = pcapio.Record{LinkType: pcapio.LinkEthernet, OrigLen: len(frame), Data: frames[0]}
		frames = frames[1:]
		return nil
	})
	f, err := filter.Compile("port 443")
	if err != nil {
		fmt.Println(err)
		return
	}
	r := filter.NewReader(src, f)
	var rec pcapio.Record
	for err = r.ReadRecord(&rec); err == nil; err = r.ReadRecord(&rec) {
		fmt.Println(len(rec.Data), "bytes")
	}
	fmt.Println(err, "after", r.Stats().Kept, "kept and", r.Stats().Dropped, "dropped")
	// Output:
	// 54 bytes
	// 54 bytes
	// EOF after 2 kept and 1 dropped
}
