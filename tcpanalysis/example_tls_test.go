package tcpanalysis_test

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis"
)

// serverName returns the host in a TLS ClientHello (RFC 8446, 4.1.2; RFC 6066, 3), or nothing.
func serverName(b []byte) string {
	if len(b) < 44 || b[0] != 22 || b[5] != 1 { // a handshake record with a ClientHello
		return ""
	}
	b = b[43:]                         // headers, version, random
	for _, n := range []int{1, 2, 1} { // session, cipher suites, compression methods
		b = after(b, n)
	}
	for b = b[min(2, len(b)):]; len(b) > 9; b = after(b[2:], 2) { // extensions
		if name := b[9:]; b[0]|b[1] == 0 {
			return string(name[:min(len(name), int(binary.BigEndian.Uint16(b[7:])))])
		}
	}
	return ""
}

// after returns what follows a value whose length is in n bytes before it.
func after(b []byte, n int) []byte {
	if len(b) < n {
		return nil
	}
	length := int(b[n-1])
	if n == 2 {
		length += int(b[0]) << 8
	}
	return b[min(n+length, len(b)):]
}

// hello returns a ClientHello for example.org.
func hello() []byte {
	b := append([]byte{22, 3, 1, 0, 69, 1, 0, 0, 65, 3, 3}, make([]byte, 32)...)
	b = append(b, 0, 0, 2, 0x13, 1, 1, 0, 0, 20)                           // session, suites, compression, extensions
	return append(b, "\x00\x00\x00\x10\x00\x0e\x00\x00\x0bexample.org"...) // server_name
}

// ExampleNewTable takes the server's name of each TLS connection from the first bytes of the
// client, and prints it with the round-trip times.
func ExampleNewTable() {
	type state struct{ name string }
	add := func(s *state, p *pcapio.Packet, d tcpanalysis.Direction) {
		if s.name == "" && d == tcpanalysis.FromA {
			s.name = serverName(p.Payload())
		}
	}
	end := func(c *tcpanalysis.Conn, s *state) error {
		_, err := fmt.Println(c.B(), s.name, c.A2B.RTT.Handshake, c.A2B.RTT.Samples)
		return err
	}
	t, err := tcpanalysis.NewTable(tcpanalysis.Config{}, add, end)
	if err != nil {
		fmt.Println(err)
		return
	}
	all := conversation() // in your program: a pcapio.Decoder
	all[2].PayloadOff, all[2].Data = 54, append(make([]byte, 54), hello()...)
	src := pcapio.PacketReaderFunc(func(p *pcapio.Packet) error {
		if len(all) == 0 {
			return io.EOF
		}
		*p, all = *all[0], all[1:]
		return nil
	})
	if _, err := pcapio.Run(src, t); err != nil {
		fmt.Println(err)
	}
	// Output: 192.0.2.80:80 example.org 20ms 3
}
