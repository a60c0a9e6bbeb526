package tstat

import (
	"bytes"

	"github.com/reeftools/reef/tcpanalysis/tls"
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
	if text := tls.ServerName(payload); text != nil {
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
