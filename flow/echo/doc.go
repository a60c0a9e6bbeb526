// Package echo matches ICMP and ICMPv6 echo and timestamp requests with their
// replies: response time, loss, duplicates.
//
//	summary, err := echo.NewSummary(echo.SummaryConfig{})
//	...
//	matcher, err := echo.New(echo.Config{}, summary)
//	...
//	_, err = pcapio.Run(decoder, matcher)
//	for _, d := range summary.Destinations() {
//		fmt.Println(d.Dst, d.Exchanges, d.Lost, d.RTT.Mean())
//	}
//
// The example of NewSummary is the complete program.
//
// # What belongs together
//
// A reply answers a request of the same kind with the same two addresses the
// other way round, the same identifier and the same sequence number (RFC 792;
// RFC 4443, 4.1 and 4.2). VLANs and checksums do not matter: a reply whose
// payload was changed is a reply. A request and all that belongs to it are one
// [Exchange]:
//
//   - Repeats: a request that is repeated unanswered, within Config.Repeat of
//     its last copy and Config.Timeout of its first, belongs to the same
//     exchange: it was captured twice or sent twice. One reply answers all
//     copies; the response time is known from the last copy before the reply
//     and from the first.
//   - Wraps: a request that comes again after it was answered, later than
//     Repeat after its last copy, or after more than 32,768 others of the same
//     addresses and identifier (half of the sequence numbers, as in RFC 1982),
//     begins a new exchange. Later replies belong to the new one. So the 16-bit
//     sequence number may wrap any number of times.
//   - Duplicates: further replies of the same host are counted on its answer,
//     and the last one's time is kept.
//   - Timeouts: a reply more than Timeout after the last copy of its request is
//     late: it answers nothing.
//   - Loss: an exchange without reply is lost. A request that was repeated and
//     then answered is not. When the capture ended sooner than Timeout after
//     the request, a lost exchange is also undecided, since the reply may have
//     come later.
//   - Multicast and broadcast: each host that such a request reaches may answer
//     from its own address (RFC 1122, 3.2.2.6; RFC 4443, 4.2). A reply to the
//     asker with the same identifier and sequence number, whose sender was not
//     asked itself, is an answer of its own to the latest multicast
//     (224.0.0.0/4, ff00::/8) or limited broadcast (255.255.255.255) request;
//     each has its response time, and the request is lost only if nobody
//     answered. A directed broadcast looks like any address; a reply of another
//     host proves one if the data are the same and the address asked is that
//     host's with its last 2 to 16 bits set to ones (RFC 922, 7).
//
// A fragmented message counts by its first fragment, which has the header.
//
// # tshark
//
// [Classic] follows tshark's rule instead, which compares checksums, and writes
// the fields that tshark -T fields prints.
package echo
