package pcapio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// manyPackets are n packets 10 ms apart, each with its number in it and some random bytes.
func manyPackets(n int) []packetSpec {
	rng := rand.New(rand.NewPCG(1, 2))
	packets := make([]packetSpec, n)
	for i := range packets {
		data := make([]byte, 40+rng.IntN(1400))
		for j := range data {
			data[j] = byte(rng.Uint32())
		}
		copy(data, fmt.Sprintf("packet %6d", i))
		packets[i] = packetSpec{uint32(1_700_000_000 + i/100), uint32(i % 100 * 10_000), string(data), uint32(len(data))}
	}
	return packets
}

// resyncFiles builds all formats of packets.
func resyncFiles(packets []packetSpec) map[string][]byte {
	n := &ngBuilder{}
	n.section(byteOrders[0])
	n.iface(LinkEthernet, 0)
	for _, p := range packets {
		n.enhanced(0, uint64(p.sec)*1e6+uint64(p.frac), int(p.wire), p.data)
	}
	return map[string][]byte{
		"pcap":     pcapSpec{link: 1}.build(packets...),
		"pcap-be":  pcapSpec{link: 1, order: byteOrders[1]}.build(packets...),
		"modified": pcapSpec{link: 1, magic: magicModified, recordExtra: 8}.build(packets...),
		"pcapng":   n.out,
		"snoop":    buildSnoop(4, packets...),
	}
}

// identities counts the records that are packets as they were built, and the others.
func identities(records []Record, packets []packetSpec) (intact, other int) {
	at := map[string]bool{}
	for _, p := range packets {
		at[p.data] = true
	}
	for _, r := range records {
		if at[string(r.Data)] {
			intact++
		} else {
			other++
		}
	}
	return intact, other
}

func TestResyncGarbage(t *testing.T) {
	packets := manyPackets(400)
	marker := []byte("packet    200")
	for name, file := range resyncFiles(packets) {
		head := bytes.Index(file, marker[:len("packet    200")])
		before := map[string]int{"pcap": 16, "pcap-be": 16, "modified": 24, "pcapng": 28, "snoop": 24}[name]
		at := head - before
		for junkName, junk := range map[string][]byte{
			"64 of 0xff": bytes.Repeat([]byte{0xff}, 64),
			"zeros":      make([]byte, 1000),
			"one byte":   {0x5a},
			"text":       bytes.Repeat([]byte("lorem ipsum "), 30_000), // more than a window
		} {
			t.Run(name+", "+junkName, func(t *testing.T) {
				damaged := append(append(append([]byte(nil), file[:at]...), junk...), file[at:]...)
				r, err := NewReader(bytes.NewReader(damaged), ReaderConfig{Resync: true})
				if err != nil {
					t.Fatal(err)
				}
				got, err := readAll(t, r)
				intact, other := identities(got, packets)
				if err != nil || intact != 400 || other != 0 {
					t.Errorf("%d intact, %d other, error %v", intact, other, err)
				}
				if s := r.Stats(); s.Gaps != 1 || s.SkippedBytes != uint64(len(junk)) {
					t.Errorf("%d gaps, %d bytes", s.Gaps, s.SkippedBytes)
				}
				strict, err := readBytes(t, damaged, ReaderConfig{})
				if err == nil || len(strict) < 200 {
					t.Errorf("strict: %d records, error %v", len(strict), err)
				}
			})
		}
	}
}

// Single bytes are changed at random places, some in headers. Few packets but those that were hit
// may be lost.
func TestResyncFlips(t *testing.T) {
	packets := manyPackets(600)
	for name, file := range resyncFiles(packets) {
		rng := rand.New(rand.NewPCG(7, 9))
		lost, worst := 0, 0
		const rounds, flips = 40, 12
		for range rounds {
			damaged := bytes.Clone(file)
			for range flips {
				damaged[200+rng.IntN(len(damaged)-200)] ^= byte(1 + rng.IntN(255))
			}
			r, err := NewReader(bytes.NewReader(damaged), ReaderConfig{Resync: true})
			if err != nil {
				t.Fatal(err)
			}
			got, _ := readAll(t, r) // a flip near the end is an error as without Resync
			intact, _ := identities(got, packets)
			lost += len(packets) - intact
			worst = max(worst, len(packets)-intact)
		}
		if lost > rounds*flips*2 || worst > flips*4 {
			t.Errorf("%s: %d packets lost in %d rounds, up to %d in one", name, lost, rounds, worst)
		}
	}
}

// Payloads that are pieces of capture files themselves do not mislead Resync.
func TestResyncCaptureInPayload(t *testing.T) {
	inner := resyncFiles(manyPackets(30))
	for name := range inner {
		var packets []packetSpec
		for i := range 300 {
			at := i * 1400 % (len(inner[name]) - 1400)
			data := fmt.Sprintf("%06d", i) + string(inner[name][at:at+1400])
			packets = append(packets, packetSpec{uint32(1_700_000_000 + i), 0, data, uint32(len(data))})
		}
		file := resyncFiles(packets)[name]
		at := bytes.Index(file, []byte("000100"))
		damaged := append(append(append([]byte(nil), file[:at-60]...), "junk junk junk!"...), file[at-60:]...)
		got, err := readBytes(t, damaged, ReaderConfig{Resync: true})
		if intact, other := identities(got, packets); err != nil || intact < 298 || other > 1 {
			t.Errorf("%s: %d intact, %d other, %v", name, intact, other, err)
		}
	}
}

// A record that is only cut is no reason to look for another one, even if its payload holds some.
func TestResyncCut(t *testing.T) {
	for name, file := range resyncFiles(manyPackets(50)) {
		got, err := readBytes(t, file[:len(file)-7], ReaderConfig{Resync: true})
		var fe *FileError
		if len(got) != 49 || !errors.Is(err, io.ErrUnexpectedEOF) || !errors.As(err, &fe) || fe.Record != 50 {
			t.Errorf("%s: %d records, %v", name, len(got), err)
		}
	}
}

// Resync changes nothing in a good file, though its times jump or its records are empty.
func TestResyncGoodFile(t *testing.T) {
	packets := append(manyPackets(5), packetSpec{1, 0, "1970", 4}, packetSpec{1, 1, "", 0}, packetSpec{2, 0, "x", 1},
		packetSpec{1<<32 - 1, 0, "2106", 4}, packetSpec{5, 0, "again 1970", 10})
	for name, file := range resyncFiles(packets) {
		r, err := NewReader(bytes.NewReader(file), ReaderConfig{Resync: true})
		if err != nil {
			t.Fatal(err)
		}
		got, err := readAll(t, r)
		if err != nil || len(got) != len(packets) || r.Stats().Gaps != 0 {
			t.Errorf("%s: %d of %d records, %d gaps, %v", name, len(got), len(packets), r.Stats().Gaps, err)
		}
	}
}

func TestConformanceResync(t *testing.T) {
	captures, _ := conformanceDirs(t)
	files, err := filepath.Glob(filepath.Join(captures, "*.pcap*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		strict, strictErr := readBytes(t, b, ReaderConfig{})
		got, err := readBytes(t, b, ReaderConfig{Resync: true})
		switch filepath.Base(file) {
		case "drv-garbage-mid.pcap":
			if len(got) != 400 || err != nil {
				t.Errorf("%s: %d records, %v", file, len(got), err)
			}
		case "bad-caplen-10-7-29-101-49898-178-63-41-150.pcap":
			if len(got) != 199 || err != nil {
				t.Errorf("%s: %d records, %v", file, len(got), err)
			}
		default:
			if len(got) != len(strict) || fmt.Sprint(err) != fmt.Sprint(strictErr) {
				t.Errorf("%s: %d records, %v; strict %d, %v", file, len(got), err, len(strict), strictErr)
			}
		}
	}
}

// countingProber counts the places that are looked at.
type countingProber struct {
	prober
	steps *int
}

func (p countingProber) probe(at int) probe {
	*p.steps++
	return p.prober.probe(at)
}

// Records that look odd one after the other, as empty ones whose times jump do, make Resync look
// ahead again and again: the number of places that it looks at must grow with the file, not with
// its square.
func TestResyncIsLinear(t *testing.T) {
	steps := func(packets []packetSpec) (steps, records int) {
		r, err := NewReader(bytes.NewReader(pcapSpec{link: 1}.build(packets...)), ReaderConfig{})
		if err != nil {
			t.Fatal(err)
		}
		for {
			r.src.check(countingProber{r.file.(*pcapFile), &steps})
			var rec Record
			if err := r.ReadRecord(&rec); err == io.EOF {
				return steps, records
			} else if err != nil {
				t.Fatal(err)
			}
			records++
		}
	}
	odd := func(n int, data string) []packetSpec {
		packets := make([]packetSpec, n)
		for i := range packets {
			packets[i] = packetSpec{uint32(i*100_000 + i*i*7919%1_000_000), 0, data, 60}
		}
		return packets
	}
	chain := manyPackets(40) // found at the end of it all, and out of reach of the records before
	for name, odd := range map[string]func(n int) []packetSpec{
		"empty":           func(n int) []packetSpec { return odd(n, "") },
		"short":           func(n int) []packetSpec { return odd(n, "abcd") },
		"before a chain":  func(n int) []packetSpec { return append(odd(n, ""), chain...) },
		"between chains":  func(n int) []packetSpec { return append(append(chain[:20:20], odd(n, "")...), chain[20:]...) },
		"chains of three": func(n int) []packetSpec { return slices.Repeat(append(odd(3, ""), chain[:3]...), n/6) },
	} {
		t.Run(name, func(t *testing.T) {
			const n = 1200
			few, one := steps(odd(n))
			many, four := steps(odd(4 * n))
			// whether odd records before a chain are passed over is for other tests
			if one < len(chain) {
				t.Errorf("%d and %d records", one, four)
			}
			if many > 5*few {
				t.Errorf("%d steps for %d records, %d for %d", few, one, many, four)
			}
		})
	}
}
