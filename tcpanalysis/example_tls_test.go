package tcpanalysis_test

import (
	"fmt"

	"github.com/reeftools/reef/pcapio"
	"github.com/reeftools/reef/tcpanalysis"
	"github.com/reeftools/reef/tcpanalysis/tls"
)

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
			s.name = string(tls.ServerName(p.Payload()))
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
	if _, err := pcapio.Run(packets(all), t); err != nil {
		fmt.Println(err)
	}
	// Output: 192.0.2.80:80 example.org 20ms 3
}
