// Package filter compiles tcpdump's filter expressions in pure Go.
//
// The language is that of pcap-filter(7): "tcp port 80 and not host 10.0.0.1",
// "vlan 10 and ip6", "tcp[tcpflags] & tcp-syn != 0".
//
//	f, err := filter.Compile("tcp port 80 or 443")
//	if err != nil { ... }
//	if f.Match(&record) { ... }
//	r := filter.NewReader(reader, f) // or: the records that match, as a reader
//
// An expression is parsed once ([Compile]) and turned into a program of the BSD
// Packet Filter machine for each link type that it meets, as offsets differ
// between Ethernet, 802.11, raw IP and so on. The same program runs here and
// can be attached to a socket ([Filter.BPF]).
//
// # Meaning
//
// Expressions mean what they mean to libpcap 1.10, which decides a few things
// that may surprise:
//
//   - "and" and "or" bind equally, from left to right. "not" binds tighter.
//   - A value without qualifiers takes those before it: "port 80 or 443" is
//     "port 80 or port 443".
//   - vlan, mpls, pppoes and geneve move the place where headers are expected
//     for all that follows in the expression: "vlan and ip" is IP inside a
//     VLAN, "ip and vlan" matches nothing.
//   - A port is not seen in later fragments, nor behind IPv6 extension headers.
//     tcp and udp see behind an IPv6 fragment header only.
//   - A packet that is too short for one of the tests does not match, whatever
//     the rest of the expression says: "not tcp[13] & 2 = 2" does not match it
//     either. Tests whose outcome makes no difference are not made.
//   - len, less and greater are about the original length and not what was
//     captured.
//   - "ip broadcast" knows 0.0.0.0 and 255.255.255.255 only, for want of a
//     netmask.
//   - inbound and outbound work on Linux cooked captures, which tell the
//     direction.
//
// Hosts and networks are numeric. Nothing is looked up in the network or in
// files of the system: ports and protocols have names from a table of the
// well-known ones.
//
// Not supported are gateway, DECnet addresses, and the words for ATM, SS7 and
// pf log captures, whose link types reef does not decode. They are refused with
// an error.
package filter
