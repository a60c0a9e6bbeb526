// Package tls reads what TLS connections show before they are encrypted.
//
// A client begins with a ClientHello, which mostly names the server. Give
// [ServerName] the payload of the client's first segment with data, as
// pcapio.Packet.Payload returns it:
//
//	table, err := tcpanalysis.NewTable(tcpanalysis.Config{},
//		func(s *state, p *pcapio.Packet, d tcpanalysis.Direction) {
//			if d == tcpanalysis.FromA && s.name == "" {
//				s.name = string(tls.ServerName(p.Payload()))
//			}
//		}, ...)
package tls

import "encoding/binary"

// Numbers of RFC 8446 and RFC 6066.
const (
	recordHandshake = 22 // RFC 8446, 5.1
	clientHello     = 1  // RFC 8446, 4
	serverName      = 0  // the extension: RFC 6066, 3
	hostName        = 0  // the type of name in it
)

// ServerName returns the host name that a ClientHello asks for: its server_name extension (RFC
// 6066, 3; RFC 8446, 4.1.2). The payload is that of a TCP segment and must begin with the
// ClientHello. The result is nil if it does not, if there is no such extension, or if the name is
// not there as a whole: a ClientHello may be longer than a segment, or than what was captured.
//
// The name is a part of payload, not a copy. It is what the client sent, which may be any bytes,
// though RFC 6066 wants ASCII letters. Of an encrypted ClientHello it is the name in the outer one.
func ServerName(payload []byte) []byte {
	const body = 5 + 4 + 2 + 32 // after record and handshake headers, version and random
	b := payload
	if len(b) <= body || b[0] != recordHandshake || b[1] != 3 || b[5] != clientHello {
		return nil
	}
	b = b[body:]
	ok := true
	for _, lengthBytes := range [3]int{1, 2, 1} { // session, cipher suites, compression methods
		if b, ok = skip(b, lengthBytes); !ok {
			return nil
		}
	}
	if len(b) < 2 {
		return nil
	}
	b = b[2:] // the length of all extensions
	for len(b) >= 4 {
		kind, n := binary.BigEndian.Uint16(b), int(binary.BigEndian.Uint16(b[2:]))
		b = b[4:]
		if kind == serverName {
			// the list's length, then its first entry: type, length, name
			if len(b) < 5 || b[2] != hostName {
				return nil
			}
			end := 5 + int(binary.BigEndian.Uint16(b[3:]))
			if end > min(n, len(b)) {
				return nil
			}
			return b[5:end:end]
		}
		if n > len(b) {
			return nil
		}
		b = b[n:]
	}
	return nil
}

// skip leaves out a vector that begins with its length in 1 or 2 bytes.
func skip(b []byte, lengthBytes int) (rest []byte, ok bool) {
	if len(b) < lengthBytes {
		return nil, false
	}
	n := int(b[0])
	if lengthBytes == 2 {
		n = int(binary.BigEndian.Uint16(b))
	}
	if len(b) < lengthBytes+n {
		return nil, false
	}
	return b[lengthBytes+n:], true
}
