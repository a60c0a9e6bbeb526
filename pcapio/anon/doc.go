// Package anon anonymises the addresses in captures so that they can be shared:
// IP addresses keep their prefixes in common, and the packets keep their shape.
//
// # Addresses
//
// IP addresses go through Crypto-PAn (Xu, Fan, Ammar, Moon: "Prefix-Preserving
// IP Address Anonymization", ICNP 2002) with AES-128, as its authors' program
// has it: two addresses with k leading bits in common have k leading bits in
// common afterwards, each address has one image and no two have the same, and
// files made with one key fit together. Special addresses (multicast, 0.0.0.0)
// are mapped as all others. MAC addresses go through the same scheme on 48
// bits, except that the group and local bits stay, and broadcast and the zero
// address are themselves.
//
// Anyone who has the key can undo it. Anyone who knows the images of some
// addresses learns prefixes of others: that is the price of keeping prefixes.
//
// # Packets
//
// [Anonymizer.Record] goes through the headers as pcapio's decoder does and
// rewrites the addresses in all that it finds: in the link layer, IPv4 and IPv6
// with options and extension headers, ARP, neighbour discovery, multicast group
// management, packets quoted in ICMP errors and the objects behind them,
// MPTCP's and SCTP's address parameters, and in everything again inside
// tunnels. In DNS the addresses of A, AAAA, HTTPS and SVCB records and of
// client subnets are rewritten, names have images, label by label and under the
// key, and names below in-addr.arpa and ip6.arpa, which spell addresses, are
// masked by x. docs/anonymising.md lists all of it.
//
// Checksums are updated by the difference (RFC 1624). So a right one stays
// right, a wrong one stays wrong, and the packet need not be whole. Only the
// integrity value of an authentication header (RFC 4302) cannot be kept.
//
// # What is cut
//
// What cannot be understood cannot be cleaned, so a record is cut there: its
// captured length shrinks, its original length stays. A tag, a link type, a
// tunnel or a protocol is understood only if this package lists it, even if the
// decoder knows it. Bytes behind the IP packet in its frame (padding, a
// trailer) and options that may hold anything are blanked. Other payload of TCP
// and UDP is kept and may hold anything, addresses included; set
// Anonymizer.CutPayload to cut it. [Stats] counts both kinds of cut, and by
// [Reason] why a record was not understood.
//
// Comments and name blocks of pcapng files are not records and get lost if
// records are written to a new file; [Anonymizer.Interfaces] cleans the
// descriptions of interfaces for it.
package anon
