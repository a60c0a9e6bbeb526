package ifcounter

import (
	"errors"
	"strings"
	"testing"
)

const procHeader = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`

func TestParseProcNetDev(t *testing.T) {
	links, err := ParseProcNetDev(strings.NewReader(procHeader + `    lo:     512       4    1    2    3     4          5         6      520       8    9   10   11    12      13         14
eth0:1:18446744073709551615 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0
`))
	if err != nil || len(links) != 2 || links[0].Name != "lo" || links[1].Name != "eth0:1" {
		t.Fatal(links, err)
	}
	want := map[Field]uint64{RxBytes: 512, RxPackets: 4, RxErrors: 1, RxDropped: 2, RxFIFOErrors: 3, RxFrameErrors: 4, RxCompressed: 5, RxMulticast: 6,
		TxBytes: 520, TxPackets: 8, TxErrors: 9, TxDropped: 10, TxFIFOErrors: 11, TxCollisions: 12, TxCarrierErrors: 13, TxCompressed: 14}
	for f := range NumFields {
		if v, known := want[f]; links[0].Has(f) != known || links[0].Value[f] != v {
			t.Errorf("%v = %d, known %v", f, links[0].Value[f], links[0].Has(f))
		}
	}
	if v := links[1].Value[RxBytes]; v != 1<<64-1 {
		t.Error(v)
	}
}

func TestParseProcNetDevRefuses(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "no header": "a\nb\n", "no colon": procHeader + "lo 1 2\n", "few": procHeader + "lo: 1 2 3\n",
		"no name": procHeader + ": 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n",
		"letters": procHeader + "lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 x\n", "negative": procHeader + "lo: -1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"} {
		t.Run(name, func(t *testing.T) {
			if links, err := ParseProcNetDev(strings.NewReader(text)); !errors.Is(err, ErrFormat) {
				t.Errorf("%v, %v", links, err)
			}
		})
	}
}

func FuzzParseProcNetDev(f *testing.F) {
	f.Add(procHeader + "lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		links, err := ParseProcNetDev(strings.NewReader(text))
		for _, i := range links {
			if i.Name == "" || !i.Has(TxCompressed) {
				t.Errorf("%+v, %v", i, err)
			}
		}
	})
}
