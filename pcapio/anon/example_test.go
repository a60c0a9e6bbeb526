package anon_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/pcapio/anon"
	"github.com/reeftools/reef/pcapio/edit"
)

// key is the one of the sample in Crypto-PAn's distribution. Make your own by CreateKey.
var key = []byte{21, 34, 23, 141, 51, 164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16,
	216, 152, 143, 131, 121, 121, 101, 39, 98, 87, 76, 45, 42, 132, 34, 2}

func ExampleAnonymizer_Addr() {
	a, err := anon.New(key)
	if err != nil {
		panic(err)
	}
	for _, s := range []string{"205.188.147.153", "205.188.248.25", "2001:db8::1"} {
		fmt.Println(s, "is", a.Addr(netip.MustParseAddr(s)))
	}
	// Output:
	// 205.188.147.153 is 242.96.16.101
	// 205.188.248.25 is 242.96.88.27
	// 2001:db8::1 is 4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e
}

func ExampleAnonymizer_Record() {
	a, err := anon.New(key)
	if err != nil {
		panic(err)
	}
	// UDP from 24.0.250.221 to 24.5.0.80, four bytes of payload.
	packet := []byte{0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0x4d, 0xd1, 24, 0, 250, 221, 24, 5, 0, 80, 0, 9, 0, 9, 0, 12, 0, 0, 'p', 'i', 'n', 'g'}
	r := pcapio.Record{LinkType: pcapio.LinkRaw, OrigLen: len(packet), Data: packet}
	a.Record(&r)
	fmt.Println("from", r.Data[12:16], "to", r.Data[16:20])
	fmt.Printf("%s\n", r.Data[28:])
	// Output:
	// from [100 15 198 226] to [100 9 15 210]
	// ping
}

// An Anonymizer is a transform, as filters are: what it reads is what they keep.
func ExampleAnonymizer_Transform() {
	a, err := anon.New(key)
	if err != nil {
		panic(err)
	}
	a.CutPayload = true
	packet := []byte{0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0x4d, 0xd1, 24, 0, 250, 221, 24, 5, 0, 80, 0, 9, 0, 9, 0, 12, 0, 0, 'p', 'i', 'n', 'g'}
	capture := pcapio.RecordReaderFunc(func(r *pcapio.Record) error { // or a pcapio.Reader
		*r = pcapio.Record{LinkType: pcapio.LinkRaw, OrigLen: len(packet), Data: packet}
		return nil
	})
	r := edit.NewTransform(capture, a)
	var rec pcapio.Record
	if err := r.ReadRecord(&rec); err != nil {
		panic(err)
	}
	fmt.Println(len(rec.Data), "of", rec.OrigLen, "bytes,", a.Stats().PayloadCut, "record cut")
	// Output: 28 of 32 bytes, 1 record cut
}

func ExampleReadKey() {
	dir, err := os.MkdirTemp("", "key")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "anon.key")
	made, err := anon.CreateKey(name)
	if err != nil {
		panic(err)
	}
	read, err := anon.ReadKey(name)
	fmt.Println(string(made) == string(read), err)
	// Output: true <nil>
}
