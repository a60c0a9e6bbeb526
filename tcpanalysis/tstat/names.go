package tstat

import (
	"bytes"
	"encoding/binary"
)

// name is a host name of a connection. It holds no pointer, so that the collector need not look at
// it.
type name struct {
	n    uint8
	text [255]byte
}

func (n *name) bytes() []byte { return n.text[:n.n] }

// findNames looks at the first payload of a client and returns the numbers of the names that it
// found, 0 for none.
func (a *Analyzer) findNames(payload []byte) (serverName, host uint32) {
	if text := tlsServerName(payload); text != nil {
		return a.keep(text), 0
	}
	if text := httpHost(payload); text != nil {
		return 0, a.keep(text)
	}
	return 0, 0
}

// keep stores a name. One that could not stand in a log, or is longer than a host name may be,
// counts as none.
func (a *Analyzer) keep(text []byte) uint32 {
	if len(text) == 0 || len(text) > 255 {
		return 0
	}
	for _, c := range text {
		if c <= ' ' || c > '~' {
			return 0
		}
	}
	i := a.names.New()
	n := a.names.At(i)
	n.n = uint8(copy(n.text[:], text))
	return i
}

// tlsServerName returns the host name in the server_name extension (RFC 6066, 3) of a ClientHello
// (RFC 8446, 4.1.2) at the start of b, nil if there is none or it was not captured.
func tlsServerName(b []byte) []byte {
	if len(b) < 44 || b[0] != 22 || b[1] != 3 || b[5] != 1 {
		return nil // neither a handshake record nor a ClientHello
	}
	b = b[43:] // after record and handshake headers, version and random
	ok := true
	for _, lengthBytes := range [3]int{1, 2, 1} { // session, cipher suites, compression methods
		if b, ok = skip(b, lengthBytes); !ok {
			return nil
		}
	}
	if len(b) < 2 {
		return nil
	}
	b = b[2:]
	for len(b) >= 4 {
		kind, n := binary.BigEndian.Uint16(b), int(binary.BigEndian.Uint16(b[2:]))
		b = b[4:]
		if kind == 0 {
			// the list's length, then its first entry of type host_name
			if len(b) < 5 || b[2] != 0 {
				return nil
			}
			end := 5 + int(binary.BigEndian.Uint16(b[3:]))
			if end > min(n, len(b)) {
				return nil
			}
			return b[5:end]
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

var httpMethods = [][]byte{[]byte("GET "), []byte("POST "), []byte("HEAD "), []byte("PUT "), []byte("DELETE "), []byte("CONNECT "),
	[]byte("OPTIONS "), []byte("TRACE "), []byte("PATCH ")}

// httpHost returns the value of the Host field (RFC 9110, 7.2) of an HTTP/1 request at the start of
// b, nil if there is none or it was not captured whole.
func httpHost(b []byte) []byte {
	request := false
	for _, m := range httpMethods {
		request = request || bytes.HasPrefix(b, m)
	}
	if !request {
		return nil
	}
	for {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			return nil
		}
		b = b[end+1:]
		const field = "host:"
		if len(b) < len(field) || !bytes.EqualFold(b[:len(field)], []byte(field)) {
			if len(b) > 0 && (b[0] == '\r' || b[0] == '\n') {
				return nil // the end of the head
			}
			continue
		}
		value := b[len(field):]
		if end = bytes.IndexByte(value, '\n'); end < 0 {
			return nil
		}
		return bytes.TrimSpace(value[:end])
	}
}
