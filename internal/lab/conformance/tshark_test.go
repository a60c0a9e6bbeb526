package conformance

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// dissected is what tshark says about the outermost IP packet of a frame. What it did not find is
// empty.
type dissected struct {
	version          int // 4, 6, or 0 if it is not IP
	src, dst         string
	proto            string // IPv4 only: IPv6 has a chain of them
	ipLen            string
	ipID             string
	later            bool   // a fragment that is not the first
	transport        string // tcp, udp, ... : the first header behind IP and its extensions
	srcPort, dstPort string // of TCP, UDP and SCTP; type and code of ICMP
	seq, ack, tcpLen string
}

var tsharkFields = []string{"frame.protocols", "frame.encap_type",
	"ip.src", "ip.dst", "ip.proto", "ip.len", "ip.id", "ip.frag_offset",
	"ipv6.src", "ipv6.dst", "ipv6.plen", "ipv6.fraghdr.ident", "ipv6.fraghdr.offset",
	"tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.len",
	"udp.srcport", "udp.dstport", "sctp.srcport", "sctp.dstport", "icmp.type", "icmp.code", "icmpv6.type", "icmpv6.code"}

// dissections are the captures that were dissected before in this run: tshark takes a second to
// start.
var dissections = map[string][]dissected{}

// tshark dissects a capture, without putting fragments or segments together, and returns a value
// for each packet. Where headers repeat, in tunnels or ICMP errors, it is the first that counts.
func tshark(t *testing.T, name string) []dissected {
	t.Helper()
	if all, ok := dissections[name]; ok {
		return all
	}
	args := []string{"-n", "-r", name, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=f",
		"-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-o", "tcp.desegment_tcp_streams:FALSE"}
	for _, f := range tsharkFields {
		args = append(args, "-e", f)
	}
	var all []dissected
	for line := range strings.Lines(run(t, "tshark", args...).stdout) {
		f := map[string]string{}
		for i, v := range strings.Split(strings.TrimRight(line, "\n"), "\t") {
			f[tsharkFields[i]] = v
		}
		if f["frame.encap_type"] != "" { // else a pcapng block that is not a packet
			all = append(all, dissect(f))
		}
	}
	dissections[name] = all
	return all
}

func dissect(f map[string]string) dissected {
	protocols := strings.Split(f["frame.protocols"], ":")
	ip := slices.IndexFunc(protocols, func(p string) bool { return p == "ip" || p == "ipv6" })
	var d dissected
	if ip < 0 {
		return d
	}
	if protocols[ip] == "ip" {
		d.version, d.src, d.dst, d.proto, d.ipLen, d.ipID = 4, f["ip.src"], f["ip.dst"], f["ip.proto"], f["ip.len"], f["ip.id"]
		d.later = f["ip.frag_offset"] != "" && f["ip.frag_offset"] != "0"
	} else {
		d.version, d.src, d.dst, d.ipID = 6, f["ipv6.src"], f["ipv6.dst"], f["ipv6.fraghdr.ident"]
		d.later = f["ipv6.fraghdr.offset"] != "" && f["ipv6.fraghdr.offset"] != "0"
		if n, err := strconv.Atoi(f["ipv6.plen"]); err == nil {
			d.ipLen = strconv.Itoa(40 + n)
		}
	}
	for _, p := range protocols[ip+1:] {
		if !strings.HasPrefix(p, "ipv6.") && p != "ah" {
			d.transport = p
			break
		}
	}
	switch d.transport {
	case "tcp", "udp", "sctp":
		d.srcPort, d.dstPort = f[d.transport+".srcport"], f[d.transport+".dstport"]
	case "icmp", "icmpv6":
		d.srcPort, d.dstPort = f[d.transport+".type"], f[d.transport+".code"]
	}
	if d.transport == "icmpv6" {
		d.later = false // a fragment that an ICMPv6 error quotes
	}
	if d.transport == "tcp" {
		d.seq, d.ack, d.tcpLen = f["tcp.seq_raw"], f["tcp.ack_raw"], f["tcp.len"]
	}
	return d
}
