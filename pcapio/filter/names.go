package filter

import "sync"

// proto is the protocol qualifier of a primitive. Zero means that none was given.
type proto uint8

const (
	protoNone proto = iota
	protoLink
	protoIP
	protoARP
	protoRARP
	protoSCTP
	protoTCP
	protoUDP
	protoICMP
	protoIGMP
	protoIGRP
	protoPIM
	protoVRRP
	protoCARP
	protoATalk
	protoAARP
	protoDECnet
	protoLAT
	protoSCA
	protoMOPRC
	protoMOPDL
	protoIP6
	protoICMP6
	protoAH
	protoESP
	protoISO
	protoESIS
	protoISIS
	protoCLNP
	protoL1
	protoL2
	protoIIH
	protoLSP
	protoSNP
	protoCSNP
	protoPSNP
	protoSTP
	protoIPX
	protoNetBEUI
	protoRadio
)

// protoNames are the protocol qualifiers under their canonical names.
var protoNames = map[string]proto{
	"link": protoLink, "ip": protoIP, "arp": protoARP, "rarp": protoRARP, "sctp": protoSCTP, "tcp": protoTCP, "udp": protoUDP,
	"icmp": protoICMP, "igmp": protoIGMP, "igrp": protoIGRP, "pim": protoPIM, "vrrp": protoVRRP, "carp": protoCARP,
	"atalk": protoATalk, "aarp": protoAARP, "decnet": protoDECnet, "lat": protoLAT, "sca": protoSCA, "moprc": protoMOPRC,
	"mopdl": protoMOPDL, "ip6": protoIP6, "icmp6": protoICMP6, "ah": protoAH, "esp": protoESP, "iso": protoISO, "esis": protoESIS,
	"isis": protoISIS, "clnp": protoCLNP, "l1": protoL1, "l2": protoL2, "iih": protoIIH, "lsp": protoLSP, "snp": protoSNP,
	"csnp": protoCSNP, "psnp": protoPSNP, "stp": protoSTP, "ipx": protoIPX, "netbeui": protoNetBEUI, "radio": protoRadio,
}

func (p proto) String() string {
	for name, v := range protoNames {
		if v == p {
			return name
		}
	}
	return "no protocol"
}

// keywords maps every reserved word to its canonical spelling. Words of ATM, SS7 and pf are
// reserved as in libpcap, so that they are refused clearly instead of being taken for host names.
var keywords = sync.OnceValue(func() map[string]string {
	m := map[string]string{
		"ether": "link", "ppp": "link", "slip": "link", "fddi": "link", "tr": "link", "wlan": "link",
		"es-is": "esis", "is-is": "isis", "direction": "dir", "length": "len",
		"address1": "addr1", "address2": "addr2", "address3": "addr3", "address4": "addr4",
	}
	for name := range protoNames {
		m[name] = name
	}
	for _, list := range [][]string{
		{"dst", "src", "host", "net", "mask", "port", "portrange", "proto", "protochain", "gateway", "type", "subtype", "dir"},
		{"addr1", "addr2", "addr3", "addr4", "ra", "ta", "less", "greater", "byte", "broadcast", "multicast", "and", "or", "not", "len"},
		{"inbound", "outbound", "ifindex", "vlan", "mpls", "pppoed", "pppoes", "geneve", "llc", "rnr"}, unsupportedWords,
	} {
		for _, w := range list {
			m[w] = w
		}
	}
	return m
})

// unsupportedWords belong to link types that reef does not decode: ATM, SS7 MTP and the pf log.
var unsupportedWords = []string{
	"lane", "metac", "bcc", "oam", "oamf4", "oamf4ec", "oamf4sc", "sc", "ilmic", "vpi", "vci", "connectmsg", "metaconnect",
	"on", "ifname", "rset", "ruleset", "rulenum", "srnr", "subrulenum", "reason", "action",
	"fisu", "lssu", "lsu", "msu", "hfisu", "hlssu", "hmsu", "sio", "opc", "dpc", "sls", "hsio", "hopc", "hdpc", "hsls",
}

// numberNames are names for numbers, mostly for use with byte offsets. Sources: RFC 792, 950, 1256
// (ICMP); the IANA registry of ICMPv6 types; RFC 9293, 3168 (TCP flags).
var numberNames = map[string]uint32{
	"icmptype": 0, "icmpcode": 1, "icmp6type": 0, "icmp6code": 1, "tcpflags": 13,

	"icmp-echoreply": 0, "icmp-unreach": 3, "icmp-sourcequench": 4, "icmp-redirect": 5, "icmp-echo": 8, "icmp-routeradvert": 9,
	"icmp-routersolicit": 10, "icmp-timxceed": 11, "icmp-paramprob": 12, "icmp-tstamp": 13, "icmp-tstampreply": 14,
	"icmp-ireq": 15, "icmp-ireqreply": 16, "icmp-maskreq": 17, "icmp-maskreply": 18,

	"icmp6-destinationunreach": 1, "icmp6-packettoobig": 2, "icmp6-timeexceeded": 3, "icmp6-parameterproblem": 4,
	"icmp6-echo": 128, "icmp6-echoreply": 129, "icmp6-multicastlistenerquery": 130, "icmp6-multicastlistenerreportv1": 131,
	"icmp6-multicastlistenerdone": 132, "icmp6-routersolicit": 133, "icmp6-routeradvert": 134, "icmp6-neighborsolicit": 135,
	"icmp6-neighboradvert": 136, "icmp6-redirect": 137, "icmp6-routerrenum": 138, "icmp6-nodeinformationquery": 139,
	"icmp6-nodeinformationresponse": 140, "icmp6-ineighbordiscoverysolicit": 141, "icmp6-ineighbordiscoveryadvert": 142,
	"icmp6-multicastlistenerreportv2": 143, "icmp6-homeagentdiscoveryrequest": 144, "icmp6-homeagentdiscoveryreply": 145,
	"icmp6-mobileprefixsolicit": 146, "icmp6-mobileprefixadvert": 147, "icmp6-certpathsolicit": 148, "icmp6-certpathadvert": 149,
	"icmp6-multicastrouteradvert": 151, "icmp6-multicastroutersolicit": 152, "icmp6-multicastrouterterm": 153,

	"tcp-fin": 0x01, "tcp-syn": 0x02, "tcp-rst": 0x04, "tcp-push": 0x08, "tcp-ack": 0x10, "tcp-urg": 0x20, "tcp-ece": 0x40, "tcp-cwr": 0x80,
}
