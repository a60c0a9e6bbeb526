package tls

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

func u16(n int) string { return string(binary.BigEndian.AppendUint16(nil, uint16(n))) }

// hello returns a TLS record with a ClientHello with these extensions.
func hello(extensions string) string {
	body := "\x03\x03" + strings.Repeat("r", 32) + "\x04sess" + "\x00\x02\x13\x01" + "\x01\x00" + u16(len(extensions)) + extensions
	handshake := "\x01\x00" + u16(len(body)) + body
	return "\x16\x03\x01" + u16(len(handshake)) + handshake
}

func extension(kind int, content string) string { return u16(kind) + u16(len(content)) + content }

// name returns the extension that names a server, by a name of some type.
func name(kind, host string) string {
	list := kind + u16(len(host)) + host
	return extension(0, u16(len(list))+list)
}

func TestServerName(t *testing.T) {
	other := extension(23, "") // extended_master_secret
	whole := hello(other + name("\x00", "www.example.org") + other)
	for _, c := range []struct{ name, payload, want string }{
		{"first extension", hello(name("\x00", "a.example")), "a.example"},
		{"between others", whole, "www.example.org"},
		{"more behind the record", whole + "\x14\x03\x03\x00\x01\x01", "www.example.org"},
		{"cut behind the name", whole[:len(whole)-4], "www.example.org"},
		{"cut in the name", whole[:len(whole)-5], ""},
		{"no extension of the kind", hello(other), ""},
		{"no extensions", hello(""), ""},
		{"another type of name", hello(name("\x01", "a.example")), ""},
		{"name longer than its extension", hello(u16(0) + u16(6) + "\x00\x06\x00\x00\x09" + "a.example"), ""},
		{"extension longer than the record", hello(u16(23) + u16(200)), ""},
		{"ServerHello", whole[:5] + "\x02" + whole[6:], ""},
		{"application data", "\x17" + whole[1:], ""},
		{"SSL 2", "\x80\x2e\x01\x03\x01" + strings.Repeat("x", 60), ""},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ServerName([]byte(c.payload)); string(got) != c.want || (got == nil) != (c.want == "") {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	// However much of it is there, the name is that or none.
	for n := range whole {
		if got := ServerName([]byte(whole[:n])); got != nil && string(got) != "www.example.org" {
			t.Errorf("%d bytes: %q", n, got)
		}
	}
}

func FuzzServerName(f *testing.F) {
	f.Add([]byte(hello(name("\x00", "example.org"))))
	f.Add([]byte("\x16\x03\x01\x00\x30\x01\x00\x00\x2c\x03\x03" + strings.Repeat("\xff", 60)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := ServerName(b); got != nil && !bytes.Contains(b, got) {
			t.Errorf("%q is not in %q", got, b)
		}
	})
}
