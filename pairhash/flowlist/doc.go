// Package flowlist reads and generates lists of flows: text with one flow a line, its source, destination and number of packets.
//
//	0a000001:00000000 c0a80001:00000000 12
//
// Fields are separated by spaces or tabs. Addresses are written in one of three notations, the same in the whole list: two 32-bit
// words in hexadecimal ([Words]), IPv4 and IPv6 addresses ([IP]), or decimal numbers of up to 64 bits ([Decimal]). The third field
// may be missing and is then 1; a fourth is the number of bytes; what follows is ignored. Empty lines and lines that begin with #
// are skipped and counted.
//
// [Reader] reads a list, and [Generator] writes one whose pair counts are known.
package flowlist
