package pcapio

// link decodes a frame of link type t. The names, and where each is described, are in linktype.go.
func (d *Decoder) link(p *Packet, t LinkType, off, end int) Status {
	switch t {
	case LinkEthernet:
		return d.ethernet(p, off, end)
	case LinkNull, LinkLoop:
		return d.loopback(p, off, end)
	case LinkRaw, LinkRaw12, LinkRaw14:
		return d.ip(p, off, end)
	case LinkIPv4:
		return d.ipv4(p, off, end)
	case LinkIPv6:
		return d.ipv6(p, off, end)
	case LinkSLL:
		return d.sll(p, off, end)
	case LinkSLL2:
		return d.sll2(p, off, end)
	case LinkPPP:
		return d.ppp(p, off, end)
	case LinkPPPHDLC:
		return d.pppHDLC(p, off, end)
	case LinkCHDLC:
		return d.chdlc(p, off, end)
	case LinkPPPoE:
		return d.pppoe(p, off, end)
	case LinkFDDI:
		return d.fddi(p, off, end)
	case LinkTokenRing:
		return d.tokenRing(p, off, end)
	case LinkFRelay:
		return d.frameRelay(p, off, end)
	case LinkATM:
		return d.atm(p, off, end)
	case LinkWLAN:
		return d.wlan(p, off, end, false)
	case LinkRadiotap:
		return d.radiotap(p, off, end)
	case LinkPrism:
		return d.prism(p, off, end)
	case LinkAVS:
		return d.avs(p, off, end)
	case LinkPPI:
		return d.ppi(p, off, end)
	}
	return d.rareLink(p, t, off, end)
}

// rareLink decodes the link types that are rare. They are apart to keep [Decoder.link] short.
func (d *Decoder) rareLink(p *Packet, t LinkType, off, end int) Status {
	switch t {
	case LinkNFLOG:
		return d.nflog(p, off, end)
	case LinkPFLOG:
		return d.pflog(p, off, end)
	case LinkENC:
		return d.enc(p, off, end)
	case LinkIPNET:
		return d.ipnet(p, off, end)
	case LinkPKTAP:
		return d.pktap(p, off, end)
	case LinkUser2:
		return d.user2(p, off, end)
	case LinkSLIP:
		return d.slip(p, off, end, 16)
	case LinkSLIPBSDOS:
		return d.slip(p, off, end, 24)
	case LinkPPPD:
		return d.pppd(p, off, end)
	case LinkPPPDir:
		return d.directed(p, LinkPPP, off, end)
	case LinkCHDLCDir:
		return d.directed(p, LinkCHDLC, off, end)
	case LinkFRelayDir:
		return d.directed(p, LinkFRelay, off, end)
	case LinkMPLS:
		return d.mpls(p, off, end)
	case LinkDSA:
		return d.marvell(p, off, end, 0)
	case LinkEDSA:
		return d.marvell(p, off, end, 4)
	case LinkBroadcom:
		return d.broadcom(p, off, end)
	case LinkBroadcomFront:
		return d.ethernet(p, off+4, end)
	case LinkNetAnalyzer:
		return d.netAnalyzer(p, off, end, 4)
	case LinkNetAnalyzerRaw:
		return d.netAnalyzer(p, off, end, 12)
	case LinkERF:
		return d.erf(p, off, end)
	case LinkJuniperEther:
		return d.juniper(p, LinkEthernet, off, end)
	case LinkJuniperPPP:
		return d.juniper(p, LinkPPP, off, end)
	case LinkJuniperFR:
		return d.juniper(p, LinkFRelay, off, end)
	case LinkJuniperCHDLC:
		return d.juniper(p, LinkCHDLC, off, end)
	case LinkDOCSIS:
		return d.docsis(p, off, end)
	case LinkIPoIB:
		return d.infiniband(p, off, end)
	case LinkIPFC:
		return d.fibreChannel(p, off, end)
	case LinkFireWire:
		return d.fireWire(p, off, end)
	case LinkCLIP:
		return d.clip(p, off, end)
	case LinkSunATM:
		return d.sunATM(p, off, end)
	}
	return StatusUnknownLink
}
