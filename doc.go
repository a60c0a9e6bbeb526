// Package reef is the map of a library for passive network measurement:
// captures in, flow records, TCP connections, interval statistics and counts
// out. The package itself is empty; import what you need.
//
//   - [github.com/reeftools/reef/pcapio] reads capture files of any kind and
//     decodes packets; its sub-packages edit, filter, anon, live and gopacketio
//     cut, merge and rotate captures, have tcpdump's filter expressions, address
//     anonymisation and capture from an interface, and go to gopacket and back.
//   - [github.com/reeftools/reef/flow] groups packets into flows; its
//     sub-packages coral, netmate and echo have CoralReef's flow files,
//     NetMate's 44 features and ICMP echo exchanges.
//   - [github.com/reeftools/reef/tcpanalysis] follows TCP connections:
//     round-trip times, retransmissions, windows; its sub-packages tcptrace and
//     tstat write what these tools write, tls finds the names of servers.
//   - [github.com/reeftools/reef/intervalstat] counts by intervals of time; its
//     sub-packages tcpstat and ifcounter have tcpstat's formats, and read the
//     counters of interfaces.
//   - [github.com/reeftools/reef/pairhash] counts pairs and addresses in
//     bounded memory; its sub-packages packets and flowlist take them from
//     packets and from lists.
//   - [github.com/reeftools/reef/geo] finds the country of an address.
//
// # How the parts compose
//
// A reader gives records, a decoder makes packets of them, and every analysis
// is a pcapio.PacketWriter with one method, so that one pass over a capture
// serves any number of analyses:
//
//	file -> pcapio.Reader -> pcapio.Decoder -> pcapio.Run
//	     -> flow.Table, tcpanalysis.Tracker, your own ...
//
// A custom analysis takes 20 lines. This one prints how many packets came with
// which TTL, from files of any format:
//
//	func main() {
//		capture, err := pcapio.Open(os.Args[1:]...)
//		if err != nil {
//			log.Fatal(err)
//		}
//		defer capture.Close()
//		var ttls [256]int
//		mine := pcapio.PacketWriterFunc(func(p *pcapio.Packet) error {
//			if p.IsIP() {
//				ttls[p.TTL]++
//			}
//			return nil
//		})
//		packets, err := pcapio.Run(pcapio.NewDecoder(capture, pcapio.DecodeConfig{}), mine)
//		fmt.Println(packets, "packets")
//		for ttl, n := range ttls {
//			if n > 0 {
//				fmt.Println(ttl, n)
//			}
//		}
//		if err != nil {
//			log.Fatal(err) // what was good in the capture has been counted
//		}
//	}
//
// # Promises
//
// Nothing is lost silently: each stage counts what it took and what it left, by
// reason. The same input gives the same bytes out. Memory grows with what is
// live, never with the file. A malformed packet is data with a status; a
// malformed file is a pcapio.FileError with the place of the damage, after the
// good records before it were delivered.
package reef
