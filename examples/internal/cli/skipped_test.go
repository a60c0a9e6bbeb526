package cli

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// capture writes a pcap file of the packets, as they are in hexadecimal, with 100 bytes more on the
// wire if they are cut.
func capture(t *testing.T, link pcapio.LinkType, cut bool, packets ...string) string {
	t.Helper()
	b := append([]byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 15: 0, 17: 4, 23: 0}, nil...)
	binary.LittleEndian.PutUint16(b[20:], uint16(link))
	for _, p := range packets {
		data := []byte(p)
		wire := len(data)
		if cut {
			wire += 100
		}
		b = binary.LittleEndian.AppendUint64(b, 1)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
		b = append(binary.LittleEndian.AppendUint32(b, uint32(wire)), data...)
	}
	name := filepath.Join(t.TempDir(), "x.pcap")
	if err := os.WriteFile(name, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// What an input without anything of use is told as.
func TestSkipped(t *testing.T) {
	const macs = "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02"
	frame := func(typ, rest string) string { return macs + typ + rest + strings.Repeat("\x00", 46) }
	ip := func(proto string) string {
		return "\x45\x00\x00\x14\x00\x00\x00\x00\x40" + proto + "\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02"
	}
	tcp := "\x45\x00\x00\x28\x00\x00\x00\x00\x40\x06\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02\x00\x01\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x50\x02\x00\x00\x00\x00\x00\x00"
	pbb := frame("\x88\xf7", "") // PTP
	for _, tt := range []struct {
		name, what string
		link       pcapio.LinkType
		cut        bool
		packets    []string
		want       string
	}{
		{"nothing", "IP", pcapio.LinkEthernet, false, nil, "count: no packets in the input\n"},
		{"one ARP", "IP", pcapio.LinkEthernet, false, []string{frame("\x08\x06", "\x00\x01")}, "count: the only packet was skipped: non-ip (EtherType 0x0806, ARP)\n"},
		{"all PTP", "IP", pcapio.LinkEthernet, false, []string{pbb, pbb, pbb}, "count: all 3 packets were skipped: non-ip (EtherType 0x88f7, PTP)\n"},
		{"unknown type", "IP", pcapio.LinkEthernet, false, []string{frame("\x12\x34", ""), pbb}, "count: all 2 packets were skipped: non-ip (EtherType 0x1234)\n"},
		{"unknown link", "TCP", 147, false, []string{"abc", "def"}, "count: all 2 packets were skipped: unknown-link (link type 147 (User 0) is not one that is decoded)\n"},
		{"cut", "IP", pcapio.LinkEthernet, true, []string{macs}, "count: the only packet was skipped: truncated-link (their headers were not captured whole; 12 of 112 bytes were of the first)\n"},
		{"short", "IP", pcapio.LinkRaw, false, []string{"\x45"}, "count: the only packet was skipped: truncated-ip (they end inside their headers; link type 101 (Raw IP))\n"},
		{"cut IP", "IP", pcapio.LinkRaw, true, []string{ip("\x06")[:12]}, "count: the only packet was skipped: truncated-ip (their headers were not captured whole; 12 of 112 bytes were of the first)\n"},
		{"damaged IP", "IP", pcapio.LinkRaw, false, []string{"\x41" + ip("\x06")[1:]}, "count: the only packet was skipped: bad-ip (their headers contradict themselves; link type 101 (Raw IP))\n"},
		{"IP, not TCP", "TCP", pcapio.LinkRaw, false, []string{ip("\x2f"), ip("\x59")}, "count: all 2 packets were skipped: IP, but not TCP (protocol 47, GRE: see -tunnels)\n"},
		{"several", "TCP", pcapio.LinkEthernet, false, []string{pbb, frame("\x08\x00", ip("\x59")), frame("\x08\x00", ip("\x2f"))},
			"count: none of 3 packets is TCP: non-ip 1, other IP 2\n"},
		{"one of use", "TCP", pcapio.LinkRaw, false, []string{ip("\x59"), tcp}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			p := New("count", "[FILE...]", "Count counts.")
			p.CaptureFlags()
			status := p.Run([]string{capture(t, tt.link, tt.cut, tt.packets...)}, &out, &errs, func() error {
				dec, err := p.OpenDecoder()
				if err != nil {
					return err
				}
				var used uint64
				var skipped pcapio.StatusCounts
				p.AtEnd(func() { p.Skipped(used, skipped, tt.what) })
				for packet, err := range pcapio.All(dec) {
					switch {
					case err != nil:
						return err
					case tt.what == "IP" && packet.Status.HasIP(), packet.Layers&pcapio.LayerTCP != 0:
						used++
					default:
						skipped[packet.Status]++
					}
				}
				return nil
			})
			if status != 0 || errs.String() != tt.want {
				t.Errorf("status %d, told\n%swant\n%s", status, &errs, tt.want)
			}
		})
	}
}

// A bound that took effect is told, and with -strict fails the run; a note does not.
func TestStrict(t *testing.T) {
	for _, tt := range []struct {
		name, flag   string
		notes, bound uint64
		err          error
		status       int
		want         string
	}{
		{"nothing", "-strict", 0, 0, nil, 0, ""},
		{"note", "-strict", 3, 0, nil, 0, "count: 3 odd things\n"},
		{"bound", "-strict=false", 0, 2, nil, 0, "count: 2 things left out over 7\n"},
		{"strict", "-strict", 1, 2, nil, 1, "count: 1 odd things\ncount: 2 things left out over 7\n"},
		{"usage error", "-strict", 0, 2, Usagef("no"), 2, "count: 2 things left out over 7\ncount: no\nTry count -h.\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			p := New("count", "", "")
			status := p.Run([]string{tt.flag}, &out, &errs, func() error {
				p.AtEnd(func() {
					p.Note(tt.notes, "%d odd things", tt.notes)
					p.Bound(tt.bound, "%d things left out over %d", tt.bound, 7)
				})
				return tt.err
			})
			if status != tt.status || errs.String() != tt.want {
				t.Errorf("status %d, %q, want %d, %q", status, errs.String(), tt.status, tt.want)
			}
		})
	}
}
