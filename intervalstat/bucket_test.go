package intervalstat

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

// Sizes 2, 4, 4, 4, 5, 5, 7, 9 have mean 5, population variance 4 and sample variance 32/7.
func TestMoments(t *testing.T) {
	var packets []*pcapio.Packet
	for i, n := range []int{2, 4, 4, 4, 5, 5, 7, 9} {
		packets = append(packets, packet(int64(i)*second, n))
	}
	list, _ := collect(t, Config{Whole: true, Percentiles: true}, packets...)
	b := list[0]
	if b.Mean() != 5 || b.Variance() != 4 || b.StdDev() != 2 || b.SampleVariance() != 32.0/7 || b.Min != 2 || b.Max != 9 || b.Bytes != 40 {
		t.Errorf("mean %v variance %v %v min %d max %d", b.Mean(), b.Variance(), b.SampleVariance(), b.Min, b.Max)
	}
	for q, want := range map[float64]int{-1: 2, 0: 2, 0.125: 2, 0.126: 4, 0.5: 4, 0.51: 5, 0.875: 7, 1: 9, 2: 9, math.NaN(): 2} {
		t.Run(fmt.Sprint(q), func(t *testing.T) {
			if got := b.Quantile(q); got != want {
				t.Errorf("quantile %v is %d, want %d", q, got, want)
			}
		})
	}
	// 8 packets in 7 s.
	if b.PacketRate() != 8.0/7 || b.ByteRate() != 40.0/7 || b.BitRate() != 320.0/7 {
		t.Errorf("rates %v %v %v", b.PacketRate(), b.ByteRate(), b.BitRate())
	}
}

// With floating-point sums the variance of these would be lost.
func TestVarianceDoesNotCancel(t *testing.T) {
	const big = 1<<31 - 1
	list, _ := collect(t, Config{Whole: true}, packet(0, big), packet(0, big-1), packet(0, big-2))
	if got := list[0].Variance(); got != 2.0/3 {
		t.Errorf("%v, want 2/3", got)
	}
	if !math.IsNaN(list[0].BitRate()) {
		t.Errorf("a rate over no time: %v", list[0].BitRate())
	}
	if (&Bucket{}).Variance() != 0 || (&Bucket{}).SampleVariance() != 0 || (&Bucket{}).Quantile(0.5) != 0 {
		t.Error("an empty bucket has moments")
	}
}

func TestSizesAboveExactRange(t *testing.T) {
	for _, n := range []int{0, 255, 256, 65535, 65536, 65663, 65664, 1 << 20, math.MaxInt32} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			var s Sizes
			s.Add(n)
			if got := s.Quantile(0.5); got > n || float64(n-got) > 0.004*float64(n) || n < 1<<16 && got != n {
				t.Errorf("%d came back as %d", n, got)
			}
		})
	}
	var none Sizes
	if none.Quantile(0.5) != 0 {
		t.Error("quantile of nothing")
	}
}

// frame is a decoded Ethernet frame of 64 bytes, whose EtherType and what follows are given in 16
// bits each.
func frame(words ...uint16) *pcapio.Packet {
	p := &pcapio.Packet{}
	p.LinkType, p.OrigLen, p.Data = pcapio.LinkEthernet, 64, make([]byte, 12, 64)
	for _, w := range words {
		p.Data = binary.BigEndian.AppendUint16(p.Data, w)
	}
	p.Data = p.Data[:64]
	pcapio.NewDecoder(nil, pcapio.DecodeConfig{}).Decode(p)
	return p
}

func TestSizePolicies(t *testing.T) {
	small := packet(0, 60) // 40 bytes of IP and padding
	small.IPLen, small.Data = 40, make([]byte, 54)
	arp := &pcapio.Packet{Status: pcapio.StatusNonIP, Layers: pcapio.LayerEthernet | pcapio.LayerVLAN | pcapio.LayerARP}
	arp.OrigLen, arp.LinkType, arp.Data = 64, pcapio.LinkEthernet, []byte{12: 0x81, 13: 0, 14: 0, 15: 5, 16: 8, 17: 6, 59: 0}
	raw := packet(0, 28)
	raw.LinkType, raw.IPLen = pcapio.LinkRaw, 28
	cooked := &pcapio.Packet{}
	cooked.OrigLen, cooked.LinkType = 50, pcapio.LinkSLL
	fcs := packet(0, 1518)
	fcs.FCSLen, fcs.IPLen = 4, 1500
	for _, tt := range []struct {
		name                        string
		p                           *pcapio.Packet
		wire, captured, ip, net, l1 int
	}{
		{"padded", small, 60, 54, 40, 40, 84},
		{"tagged ARP", arp, 64, 60, 0, 46, 88},
		// 14 bytes of Ethernet and 4 for each tag; an HSR tag counts as carried.
		{"ARP in tags of makers", frame(0x9200, 5, 0x98a8, 6, 0x8200, 7, 0x0806), 64, 64, 0, 64 - 14 - 3*4, 88},
		{"ARP in HSR in VLAN", frame(0x88e8, 5, 0x892f, 0x1036, 7, 0x0806), 64, 64, 0, 64 - 14 - 4, 88},
		{"raw", raw, 28, 0, 28, 28, 28},
		{"cooked", cooked, 50, 0, 0, 34, 50},
		{"with FCS", fcs, 1518, 0, 1500, 1500, 1538},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for s, want := range map[SizePolicy]int{SizeWire: tt.wire, SizeCaptured: tt.captured, SizeIP: tt.ip, SizeNetwork: tt.net, SizeLayer1: tt.l1} {
				if got := s.Of(tt.p); got != want {
					t.Errorf("%s: %v is %d, want %d", tt.name, s, got, want)
				}
			}
		})
	}
	for s := range numSizes {
		if got, err := ParseSize(s.String()); got != s || err != nil {
			t.Errorf("%v: %v %v", s, got, err)
		}
	}
	if _, err := ParseSize("x"); !errors.Is(err, ErrConfig) {
		t.Error(err)
	}
}

func TestProtocols(t *testing.T) {
	p := func(version, proto uint8, status pcapio.Status, layers pcapio.Layers) *pcapio.Packet {
		return &pcapio.Packet{IPVersion: version, Proto: proto, Status: status, Layers: layers}
	}
	list, _ := collect(t, Config{Whole: true},
		p(4, 6, pcapio.StatusOK, 0), p(4, 17, pcapio.StatusFragment, 0), p(4, 1, pcapio.StatusTruncatedTransport, 0), p(6, 58, pcapio.StatusOK, 0),
		p(6, 132, pcapio.StatusOK, 0), p(4, 89, pcapio.StatusUnknownTransport, 0), p(4, 6, pcapio.StatusBadIP, 0),
		p(0, 0, pcapio.StatusNonIP, pcapio.LayerARP), p(0, 0, pcapio.StatusUnknownLink, 0))
	want := Protocols{IPv4: 5, IPv6: 2, ARP: 1, NonIP: 1, TCP: 1, UDP: 1, SCTP: 1, ICMP: 1, ICMPv6: 1, OtherIP: 1, BadIP: 1}
	if list[0].Protocols != want {
		t.Errorf("%+v", list[0].Protocols)
	}
}

func TestMergeIsAsOneTap(t *testing.T) {
	cfg := Config{Width: 10 * time.Second, Align: true, Distinct: true, Percentiles: true}
	var both, odd, even []*pcapio.Packet
	for i := range 100 {
		p := packet(second+int64(i)*second/20, 60+i*37%1400)
		p.Src[15], p.SrcPort = byte(i), uint16(i)
		both = append(both, p)
		if i%2 == 0 {
			even = append(even, p)
		} else {
			odd = append(odd, p)
		}
	}
	want, _ := collect(t, cfg, both...)
	got, _ := collect(t, cfg, odd...)
	other, _ := collect(t, cfg, even...)
	if err := got[0].Merge(other[0]); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got[0], want[0]) {
		t.Errorf("got  %+v\nwant %+v", got[0], want[0])
	}
	if hosts, flows := got[0].Hosts.Estimate(), got[0].Flows.Estimate(); math.Abs(hosts-100) > 3 || math.Abs(flows-100) > 3 {
		t.Errorf("%v hosts and %v flows, want about 100", hosts, flows)
	}
	for name, cfg := range map[string]Config{"width": {Width: time.Second, Align: true, Distinct: true, Percentiles: true},
		"size":        {Width: 10 * time.Second, Align: true, Distinct: true, Percentiles: true, Size: SizeIP},
		"distinct":    {Width: 10 * time.Second, Align: true, Percentiles: true},
		"precision":   {Width: 10 * time.Second, Align: true, Distinct: true, Percentiles: true, Precision: 5},
		"percentiles": {Width: 10 * time.Second, Align: true, Distinct: true}} {
		t.Run(name, func(t *testing.T) {
			list, _ := collect(t, cfg, even...)
			if err := got[0].Merge(list[0]); !errors.Is(err, ErrMismatch) || got[0].Packets != 100 {
				t.Error(err)
			}
		})
	}
}

func TestFlowsHaveNoDirection(t *testing.T) {
	a, b := packet(0, 100), packet(0, 100)
	a.Src[15], a.Dst[15] = 1, 2
	b.Src, b.Dst, b.SrcPort, b.DstPort = a.Dst, a.Src, a.DstPort, a.SrcPort
	list, _ := collect(t, Config{Distinct: true}, a, b)
	if f, h := math.Round(list[0].Flows.Estimate()), math.Round(list[0].Hosts.Estimate()); f != 1 || h != 2 {
		t.Errorf("%v flows, %v hosts", f, h)
	}
}
