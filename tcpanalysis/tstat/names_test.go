package tstat

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// clientHello returns a TLS record with a ClientHello for a server name, after another extension.
func clientHello(host string) string {
	u16 := func(n int) string { return string(binary.BigEndian.AppendUint16(nil, uint16(n))) }
	name := u16(len(host)+3) + "\x00" + u16(len(host)) + host
	extensions := "\x00\x17\x00\x00" + "\x00\x00" + u16(len(name)) + name
	body := "\x03\x03" + strings.Repeat("r", 32) + "\x04sess" + "\x00\x02\x13\x01" + "\x01\x00" + u16(len(extensions)) + extensions
	handshake := "\x01\x00" + u16(len(body)) + body
	return "\x16\x03\x01" + u16(len(handshake)) + handshake
}

func TestNames(t *testing.T) {
	hello := clientHello("www.example.org")
	for _, tt := range []struct{ name, payload, server, host string }{
		{"TLS", hello, "www.example.org", ""},
		{"TLS cut", hello[:len(hello)-1], "", ""},
		{"TLS without name", clientHello(""), "", ""},
		{"TLS with a blank", clientHello("a b"), "", ""},
		{"TLS too long", clientHello(strings.Repeat("x", 256)), "", ""},
		{"HTTP", "GET / HTTP/1.1\r\nAccept: */*\r\nhOsT:  example.org:8080 \r\n\r\n", "", "example.org:8080"},
		{"HTTP cut", "GET / HTTP/1.1\r\nHost: example.org", "", ""},
		{"HTTP without host", "GET / HTTP/1.0\r\n\r\nHost: example.org\r\n", "", ""},
		{"other", "SSH-2.0-x\r\nHost: a\r\n", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSim(t, Config{}, nil)
			var server, host string
			s.a.connSink = ConnWriterFunc(func(c *Conn) error { server, host = string(c.TLSServerName), string(c.HTTPHost); return nil })
			s.send(t, append(handshake(), pkt{At: 20000 * us, Flags: ack, Seq: 1, Ack: 1, Payload: tt.payload},
				pkt{At: 21000 * us, Flags: ack, Seq: 9999, Ack: 1, Payload: clientHello("later.example")})...)
			s.flush(t)
			if server != tt.server || host != tt.host {
				t.Errorf("%q, %q", server, host)
			}
		})
	}
}

func FuzzHTTPHost(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if name := httpHost(b); len(name) > len(b) {
			t.Errorf("%q from %q", name, b)
		}
	})
}

// FuzzAnalyzer makes packets of 16 bytes each of the input, in both semantics, and prints all that
// comes of them.
func FuzzAnalyzer(f *testing.F) {
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10"))
	f.Add([]byte("\x02\x00\x3f\xff\xff\xf0\x00\x00\x00\x00\x00\x00\x00\x01\x00\x10\x12\x01\x00\x00\x00\x00\x3f\xff\xff\xf1\x00\x00\x00\x02\x00\x00" +
		"\x10\x00\x3f\xff\xff\xf1\x00\x00\x00\x01\x00\x40\x00\x03\x00\x10\x10\x01\x00\x00\x00\x01\x40\x00\x00\x10\x00\x00\x00\x04\x00\x00"))
	f.Add([]byte("\x02\x00\xff\xff\xff\xf0\x00\x00\x00\x00\x00\x00\x00\x01\x00\x10\x12\x01\x00\x00\x00\x00\xff\xff\xff\xf1\x00\x00\x00\x02\x00\x00" +
		"\x10\x00\xff\xff\xff\xff\x00\x00\x00\x01\x00\x40\x00\x03\x00\x10\x10\x08\x00\x00\x00\x01\x00\x00\x00\x10\x00\x00\x00\x04\x00\x00"))
	f.Fuzz(func(t *testing.T, input []byte) {
		for _, classic := range []bool{false, true} {
			s := newSim(t, Config{Semantics: semantics(classic), MaxConns: 4, MaxFlows: 4}, nil)
			logs := NewLogs(discard{}, discard{}, discard{})
			now := int64(0)
			for b := input; len(b) >= 16; b = b[16:] {
				now += int64(int16(binary.BigEndian.Uint16(b[12:]))) * 1000
				p := s.Packet(pkt{At: now * us, Flags: pcapio.TCPFlags(b[0]), B: b[1]&1 != 0, Seq: binary.BigEndian.Uint32(b[2:]), Ack: binary.BigEndian.Uint32(b[6:]),
					Len: int(binary.BigEndian.Uint16(b[10:]) & 0x3fff), Window: uint16(b[15]), ID: uint16(b[12]), Options: pcapio.TCPOptions(b[14]), WScale: b[14],
					Port: uint16(b[1] >> 4), UDP: b[1]&8 != 0})
				if b[1]&6 == 2 {
					p.Data = p.Data[:p.TransportOff] // shorter than a decoder would give it
				}
				if b[1]&4 != 0 {
					p.Status, p.Layers = pcapio.StatusBadTransport, pcapio.LayerIPv4
					p.Data[p.PayloadOff-1] = byte(b[15])
				}
				if err := s.a.WritePacket(p); err != nil {
					t.Fatal(err)
				}
			}
			s.flush(t)
			for i := range s.conns {
				if err := logs.WriteConn(&s.conns[i]); err != nil {
					t.Fatal(err)
				}
			}
			for i := range s.flows {
				if err := logs.WriteFlow(&s.flows[i]); err != nil {
					t.Fatal(err)
				}
			}
			st := s.a.Stats()
			if uint64(len(s.conns)) != st.Conns || uint64(len(s.flows)) != st.Flows {
				t.Errorf("%d connections, %d flows, %+v", len(s.conns), len(s.flows), st)
			}
		}
	})
}
