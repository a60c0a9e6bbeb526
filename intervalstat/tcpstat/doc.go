// Package tcpstat prints intervals in the formats of the program tcpstat
// (version 1.5), with its numbers or with reef's.
//
// # Formats
//
// A format is text with escapes (\a \b \f \n \r \t \v; a backslash and any
// other character is that character) and substitutions:
//
//	%n %N           packets, bytes
//	%a %d %m %M     mean, standard deviation (of the population), minimum and maximum of the size, in bytes
//	%b %B %p        bits, bytes and packets per second
//	%l              load: the bit rate smoothed with a time constant of 60 s, divided by the highest rate of an interval so far
//	%A %I %V        packets of ARP, IPv4, IPv6
//	%T %U %C        packets of TCP, UDP, ICMP and ICMPv6 together
//	%s %S           time of the interval in seconds since 1970, with six decimals and whole
//	%r %R           the same since the first packet
//	%7              what follows goes to file descriptor 7, until the end of the row
//
// Other letters behind % are left as they are.
//
// # Two sets of numbers
//
// A [Classic] and its [ClassicPrinter] reproduce tcpstat to the digit. The time
// is the middle of the interval, %S half a second later and cut; the grid is in
// floating-point numbers and drifts; the last interval counts as whole; the
// size is the frame less 14 bytes of Ethernet; VLAN tags, raw IP and cooked
// captures hide all protocols. [Interval] says how each number is computed.
//
// A [Printer] writes the buckets of [intervalstat.Series]. The time is the
// start of the interval, rounded down where it is whole, rates are over the
// time that the capture covers, and are nan when that is none. It knows %% and
// names in braces too: %{start} %{end} %{covered} in seconds, %{partial} (1 or
// 0), %{late} %{omitted} %{sctp} %{icmp} %{icmpv6} %{otherip} %{badip}
// %{nonip}, the estimates %{hosts} and %{flows}, and percentiles of the size:
// %{p50}, %{p99.9}.
//
// # Summaries
//
// [Account] and [Bandwidth] are tcpstat's options -a, -b and -B. They take
// intervals of either kind. tcpstat counts the time of the last interval twice
// in them; to get its results, call Double at the end.
package tcpstat
