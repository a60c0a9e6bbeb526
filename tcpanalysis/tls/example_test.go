package tls_test

import (
	"fmt"

	"github.com/reeftools/reef/tcpanalysis/tls"
)

func ExampleServerName() {
	// What a client sent first, as Packet.Payload returns it.
	payload := []byte("\x16\x03\x01\x00\x43\x01\x00\x00\x3f\x03\x03" + "0123456789abcdef0123456789abcdef" +
		"\x00\x00\x02\x13\x01\x01\x00\x00\x14\x00\x00\x00\x10\x00\x0e\x00\x00\x0b" + "example.com")
	fmt.Printf("%s\n", tls.ServerName(payload))
	// Output: example.com
}
