// Package flowlist reads and generates lists of flows: text with one flow a
// line, its source, destination and number of packets.
//
//	0a000001:00000000 c0a80001:00000000 12
//
// Fields are separated by spaces or tabs. Addresses are written in one of three
// notations, the same in the whole list: two 32-bit words in hexadecimal
// ([Words]), IPv4 and IPv6 addresses ([IP]), or decimal numbers of up to 64
// bits ([Decimal]). The first address decides, by what it is: eight hexadecimal
// digits, a colon and eight more are two words; whatever else has a colon or a
// dot is an IP address, in any form of RFC 4291, 2.2, such as
// 64:ff9b::10.0.0.1, but without a zone, which says nothing outside its host;
// ::ffff:1.2.3.4 is the IPv4 address 1.2.3.4.
//
// The third field may be missing and is then 1; a fourth is the number of
// bytes; what follows is ignored. Empty lines and lines that begin with # are
// skipped and counted.
//
// [Reader] reads a list, and [Generator] writes one whose pair counts are
// known.
package flowlist
