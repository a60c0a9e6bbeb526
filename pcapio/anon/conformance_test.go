package anon

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// transportRight tells whether the checksum of a whole TCP, UDP or ICMP message over IP is right;
// known is false if it cannot be told.
func transportRight(p *pcapio.Packet) (right, known bool) {
	const transports = pcapio.LayerTCP | pcapio.LayerUDP | pcapio.LayerICMP | pcapio.LayerICMPv6
	end := p.PayloadOff + p.PayloadLen
	if p.Status != pcapio.StatusOK || p.Layers&transports == 0 || p.IsFragment() || end > len(p.Data) || p.TransportOff == 0 {
		return false, false
	}
	b := p.Data[p.TransportOff:end]
	if p.Layers.Has(pcapio.LayerUDP) && binary.BigEndian.Uint16(b[6:]) == 0 {
		return false, false
	}
	var head []byte
	if !p.Layers.Has(pcapio.LayerICMP) {
		src, dst := p.SrcAddr().AsSlice(), p.DstAddr().AsSlice()
		head = pseudo(src, dst, int(p.Proto), len(b))
	}
	return onesSum(head, b) == 0, true
}

// In captures, every packet that was decoded is decoded to the images of its addresses, and no
// checksum becomes right or wrong.
func TestCaptures(t *testing.T) {
	dir := os.Getenv("REEF_CAPTURES")
	if dir == "" {
		t.Skip("REEF_CAPTURES names no folder of captures")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.pcap*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var packets, checksums, whole int
	for _, file := range files {
		r, err := pcapio.Open(file)
		if err != nil {
			t.Logf("%s: %v", filepath.Base(file), err)
			continue
		}
		a := sample(t)
		headers := sample(t)
		headers.CutPayload = true
		var rec pcapio.Record
		for n := 1; r.ReadRecord(&rec) == nil; n++ {
			packets++
			before := pcapio.Record{LinkType: rec.LinkType, OrigLen: rec.OrigLen, FCSLen: rec.FCSLen, Data: slices.Clone(rec.Data)}
			after := before
			a.Record(&after)
			if len(after.Data) == len(before.Data) {
				whole++
			}
			for _, tunnels := range []pcapio.Tunnel{0, pcapio.TunnelAll} {
				cfg := pcapio.DecodeConfig{Tunnels: tunnels, FragmentCache: -1}
				p, q := pcapio.Packet{Record: before}, pcapio.Packet{Record: after}
				pcapio.NewDecoder(nil, cfg).Decode(&p)
				pcapio.NewDecoder(nil, cfg).Decode(&q)
				if p.Status != q.Status || p.Layers != q.Layers || p.Tunnel != q.Tunnel {
					if len(after.Data) == len(before.Data) {
						t.Fatalf("%s %d: %v %v became %v %v", filepath.Base(file), n, p.Status, p.Layers, q.Status, q.Layers)
					}
					continue
				}
				if !p.IsIP() {
					continue
				}
				if q.SrcAddr() != a.Addr(p.SrcAddr()) || q.DstAddr() != a.Addr(p.DstAddr()) || p.SrcPort != q.SrcPort || p.DstPort != q.DstPort {
					t.Fatalf("%s %d: %v > %v became %v > %v", filepath.Base(file), n, p.SrcAddr(), p.DstAddr(), q.SrcAddr(), q.DstAddr())
				}
				if was, known := transportRight(&p); known && len(after.Data) == len(before.Data) {
					checksums++
					if is, _ := transportRight(&q); is != was {
						t.Fatalf("%s %d: checksum was right: %v, is: %v\n%x\n%x", filepath.Base(file), n, was, is, before.Data, after.Data)
					}
				}
				if h := p.IPOff + int(p.Data[p.IPOff]&15)*4; p.IPVersion == 4 && h <= len(q.Data) {
					if (onesSum(p.Data[p.IPOff:h]) == 0) != (onesSum(q.Data[q.IPOff:h]) == 0) {
						t.Fatalf("%s %d: header checksum", filepath.Base(file), n)
					}
				}
			}
			without := before
			headers.Record(&without)
			for _, s := range addressesOf(before) {
				if bytes.Contains(without.Data, s) {
					t.Fatalf("%s %d: %x is left in %x", filepath.Base(file), n, s, without.Data)
				}
			}
			if !bytes.Equal(before.Data, rec.Data) {
				t.Fatal("the record was changed")
			}
		}
		s := a.Stats()
		t.Logf("%s: %+v", filepath.Base(file), s)
		r.Close()
	}
	t.Logf("%d packets, %d kept whole, %d checksums compared", packets, whole, checksums)
}

// addressesOf returns the addresses of a record that are long and odd enough not to be met by
// chance.
func addressesOf(r pcapio.Record) (list [][]byte) {
	add := func(b []byte) {
		if odd := slices.Clone(b); len(slices.DeleteFunc(slices.Compact(odd), func(c byte) bool { return c == 0 || c == 0xff || c == 1 })) >= 4 {
			list = append(list, b)
		}
	}
	for _, tunnels := range []pcapio.Tunnel{0, pcapio.TunnelAll} {
		p := pcapio.Packet{Record: r}
		pcapio.NewDecoder(nil, pcapio.DecodeConfig{Tunnels: tunnels, FragmentCache: -1}).Decode(&p)
		if p.IsIP() {
			add(p.SrcAddr().AsSlice())
			add(p.DstAddr().AsSlice())
		}
	}
	if r.LinkType == pcapio.LinkEthernet && len(r.Data) >= 14 {
		add(r.Data[:6])
		add(r.Data[6:12])
	}
	return list
}
