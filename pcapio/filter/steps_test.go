package filter

import (
	"math/rand/v2"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// Steps and the filter machine decide alike, also on packets that are cut at any place.
func TestSteps(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	packets := [][]byte{packet6()}
	for range 2000 {
		b := make([]byte, random.IntN(90))
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		if len(b) > 24 { // often IPv4 or IPv6 with TCP, UDP or ICMP, to or from port 80
			b[12], b[13] = 0x08, 0
			if random.IntN(3) == 0 {
				b[12], b[13] = 0x86, 0xdd
			}
			b[14], b[20], b[21] = byte(0x40+random.IntN(16)), 0, 0
			protocol := []byte{1, 6, 17}[random.IntN(3)]
			b[23], b[20] = protocol, protocol*byte(random.IntN(2))
		}
		if len(b) > 60 {
			at := []int{34, 36, 54, 56}[random.IntN(4)]
			b[at], b[at+1] = 0, 80
		}
		packets = append(packets, b)
	}
	for _, test := range []struct {
		expr  string
		steps bool
	}{
		{"tcp port 80", true}, {"tcp portrange 50-200", true}, {"ip[8] > 200 or ip[0] & 0xf >= 14", true}, {"not udp src port 80", true},
		{"ip[6:2] & 0x1fff != 0", true}, {"ether[0] & 1 = 0 and ip6", true}, {"ip[9] = 0x106", true}, {"ip[9] >= 0x106", true}, {"ip[9] > 0xff", true},
		{"ip[9] < 0x106", true}, {"ether[0:4] > 0x80000000", true}, {"ether[2:4] >= 0xffffffff", true}, {"net 10.0.0.0/8 or net 128.0.0.0/1", true},
		// Steps that are joined, or look like it.
		{"ip[8] & 3 = 1 and ip[9] = 6 and ip[6:2] & 0x1fff = 0", true}, {"ip[8] & 1 = 1 and ip[8] & 0x80 = 0 and ip[8] & 7 = 3", true},
		{"ip[8] & 0x0f = 0x40 and ip[8] & 0xf0 = 0x40", true}, {"ip[8] & 0x0f = 3 and ip[8] & 6 = 0", true}, {"not (ether[3] = 0 or ether[4] = 0)", true},
		{"tcp[0] = 0 and tcp[1] = 80 and tcp[3] & 1 = 1", true}, {"ip[4] & 1 = 1 and ip[12] & 1 = 0 and ip[7] & 1 = 1", true},
		{"ip[2:2] - 4 > ip[4:2]", false}, {"greater 60", false}, {"ip protochain 6", false}, {"", false},
	} {
		t.Run(test.expr, func(t *testing.T) {
			f, err := Compile(test.expr)
			if err != nil {
				t.Fatal(err)
			}
			p := f.program(pcapio.LinkEthernet)
			if p.err != nil || (p.steps != nil) != test.steps {
				t.Errorf("%s: %d steps, %v", test.expr, len(p.steps), p.err)
			}
			// Steps that leave a packet to the code take what it says.
			yes, no := *p, *p
			yes.code, no.code = []ins{{Op: opRet, K: 1}}, []ins{{Op: opRet}}
			known := 0
			for _, b := range packets {
				r := pcapio.Record{LinkType: pcapio.LinkEthernet, OrigLen: len(b), Data: b}
				f.recent.Store(&yes)
				got := f.Match(&r)
				f.recent.Store(&no)
				if f.Match(&r) != got {
					continue
				}
				known++
				if want := p.run(&r); got != want {
					t.Fatalf("%s: %v, want %v for %x", test.expr, got, want, b)
				}
			}
			if test.steps && known < len(packets)/2 {
				t.Errorf("%s: %d of %d packets", test.expr, known, len(packets))
			}
		})
	}
}
