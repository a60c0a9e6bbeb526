package pcapio

// Tunnel names a kind of tunnel; as a set, the kinds to enter.
type Tunnel uint16

// The tunnels that a [Decoder] can enter.
const (
	TunnelGRE    Tunnel = 1 << iota // RFC 2784, 2890, with Ethernet, IP, MPLS or PPP inside; PPTP (RFC 2637)
	TunnelIPIP                      // IPv4 in IPv4, RFC 2003
	Tunnel6in4                      // IPv6 in IPv4, RFC 4213
	Tunnel4in6                      // IPv4 in IPv6, RFC 2473
	Tunnel6in6                      // IPv6 in IPv6, RFC 2473
	TunnelVXLAN                     // RFC 7348, UDP destination port 4789, or 8472 as Linux had it
	TunnelGENEVE                    // RFC 8926, UDP destination port 6081
	TunnelGTPU                      // 3GPP TS 29.281, UDP port 2152
	TunnelTeredo                    // RFC 4380, UDP port 3544
	TunnelERSPAN                    // draft-foschiano-erspan, types I, II and III in GRE

	TunnelNone Tunnel = 0
	TunnelAll  Tunnel = 1<<10 - 1
)
