package cli

import (
	"fmt"
	"strings"

	"github.com/reeftools/reef/pcapio"
)

// Skipped tells why an input had nothing of what an analysis counts, such as "TCP". Used is how
// many packets it took, skipped the others by the status they were decoded with.
func (p *Program) Skipped(used uint64, skipped pcapio.StatusCounts, what string) {
	total := skipped.Total()
	if used > 0 || total == 0 {
		return
	}
	var reasons []string
	only, otherIP := pcapio.Status(0), uint64(0)
	for s, count := range skipped {
		if count == 0 {
			continue
		}
		if only = pcapio.Status(s); only.HasIP() && what != "IP" {
			otherIP += count
			continue
		}
		reasons = append(reasons, fmt.Sprintf("%v %d", only, count))
	}
	if otherIP > 0 {
		reasons = append(reasons, fmt.Sprintf("other IP %d", otherIP))
	}
	if len(reasons) > 1 {
		p.Note(total, "none of %d packets is %s: %s", total, what, strings.Join(reasons, ", "))
		return
	}
	which := fmt.Sprintf("all %d packets were", total)
	if total == 1 {
		which = "the only packet was"
	}
	p.Note(total, "%s skipped: %s", which, reason(only, p.captures.firstPacket(), what))
}

// reason says what a status means for who does not know it, by the example of the first packet, nil
// if that is not known.
func reason(s pcapio.Status, first *pcapio.Packet, what string) string {
	text := s.String()
	if first == nil {
		return text
	}
	like := ""
	if first.EtherType != 0 {
		like = fmt.Sprintf("EtherType 0x%04x%s", first.EtherType, named(etherTypes[first.EtherType]))
	}
	switch link := fmt.Sprintf("link type %d (%v)", uint16(first.LinkType), first.LinkType); {
	case s == pcapio.StatusUnknownLink:
		return fmt.Sprintf("%s (%s is not one that is decoded)", text, link)
	case (s == pcapio.StatusTruncatedLink || s == pcapio.StatusTruncatedIP || s == pcapio.StatusTruncatedTransport) && len(first.Data) >= first.OrigLen:
		return fmt.Sprintf("%s (they end inside their headers; %s)", text, link)
	case s == pcapio.StatusTruncatedLink || s == pcapio.StatusTruncatedIP || s == pcapio.StatusTruncatedTransport:
		return fmt.Sprintf("%s (their headers were not captured whole; %d of %d bytes were of the first)", text, len(first.Data), first.OrigLen)
	case s == pcapio.StatusBadLink || s == pcapio.StatusBadIP || s == pcapio.StatusBadTransport:
		return fmt.Sprintf("%s (their headers contradict themselves; %s)", text, link)
	case !s.HasIP() && like != "":
		return fmt.Sprintf("%s (%s)", text, like)
	case !s.HasIP():
		return fmt.Sprintf("%s (%s)", text, link)
	}
	return fmt.Sprintf("IP, but not %s (protocol %d%s)", what, first.Proto, named(protocols[first.Proto]))
}

func named(name string) string {
	if name == "" {
		return ""
	}
	return ", " + name
}

// etherTypes names what networks carry beside IP
// (https://www.iana.org/assignments/ieee-802-numbers).
var etherTypes = map[uint16]string{0x0806: "ARP", 0x22f0: "AVTP", 0x6003: "DECnet", 0x809b: "AppleTalk", 0x8137: "IPX", 0x8808: "Ethernet flow control",
	0x8809: "LACP and other slow protocols", 0x8847: "MPLS", 0x8863: "PPPoE discovery", 0x8864: "PPPoE", 0x888e: "802.1X", 0x8892: "PROFINET",
	0x88a4: "EtherCAT", 0x88b8: "GOOSE", 0x88ba: "IEC 61850 sampled values", 0x88cc: "LLDP", 0x88e5: "MACsec", 0x88e7: "802.1ah",
	0x88f7: "PTP", 0x8906: "FCoE", 0x9000: "loopback test"}

// protocols names what IP carries most (https://www.iana.org/assignments/protocol-numbers).
var protocols = map[uint8]string{1: "ICMP", 2: "IGMP", 4: "IPv4 in IP: see -tunnels", 6: "TCP", 17: "UDP", 41: "IPv6 in IP: see -tunnels", 47: "GRE: see -tunnels",
	50: "ESP", 51: "AH", 58: "ICMPv6", 88: "EIGRP", 89: "OSPF", 97: "EtherIP: see -tunnels", 103: "PIM", 112: "VRRP", 132: "SCTP"}
