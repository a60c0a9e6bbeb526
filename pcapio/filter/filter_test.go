package filter

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/bpf"

	"github.com/reeftools/reef/pcapio"
)

// packet4 is an Ethernet frame with TCP from 10.0.0.1:80 to 10.0.0.2:1234, SYN and ACK set, TTL 64.
func packet4() []byte {
	return []byte{0, 2, 3, 4, 5, 1, 0, 2, 3, 4, 5, 2, 0x08, 0x00,
		0x45, 0, 0, 44, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
		0, 80, 0x04, 0xd2, 0, 0, 0, 1, 0, 0, 0, 2, 0x60, 0x12, 1, 0, 0, 0, 0, 0, 2, 4, 5, 0xb4}
}

// packet6 is a raw IPv6 packet with UDP from fe80::1, port 53, to ff02::2, port 5353.
func packet6() []byte {
	p := []byte{0x60, 0, 0, 0, 0, 8, 17, 255}
	p = append(p, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2)
	return append(p, 0, 53, 0x14, 0xe9, 0, 8, 0, 0)
}

// tagged returns packet4 behind tags: pairs of EtherType and the bytes that follow it.
func tagged(tags ...[]byte) []byte {
	p := packet4()
	frame := append([]byte(nil), p[:12]...)
	for _, t := range tags {
		frame = append(frame, t...)
	}
	return append(frame, p[12:]...)
}

func TestMatch(t *testing.T) {
	eth, raw := pcapio.LinkEthernet, pcapio.LinkRaw
	vlan := tagged([]byte{0x81, 0, 0, 10})
	qinq := tagged([]byte{0x88, 0xa8, 0, 5}, []byte{0x81, 0, 0, 10})
	mpls := append(append(append([]byte(nil), packet4()[:12]...), 0x88, 0x47, 0, 1, 0, 64, 0, 1, 1, 64), packet4()[14:]...)
	pppoe := append(append(append([]byte(nil), packet4()[:12]...), 0x88, 0x64, 0x11, 0, 0, 7, 0, 46, 0, 0x21), packet4()[14:]...)
	geneve := append([]byte(nil), packet4()[:34]...)
	geneve[23] = 17
	geneve = append(geneve, 0x30, 0x39, 0x17, 0xc1, 0, 0, 0, 0, 1, 0, 0x65, 0x58, 0, 0, 9, 0, 1, 2, 3, 4)
	geneve = append(geneve, packet4()...)
	fragment := packet4()
	fragment[21] = 1
	ah := append(append(append([]byte(nil), packet4()[:34]...), 6, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), packet4()[34:]...)
	ah[23] = 51
	cases := []struct {
		kind pcapio.LinkType
		data []byte
		expr string
		want bool
	}{
		{eth, packet4(), "", true},
		{eth, packet4(), "tcp", true},
		{eth, packet4(), "udp", false},
		{eth, packet4(), "tcp port 80", true},
		{eth, packet4(), "tcp src port 80 and dst port 1234", true},
		{eth, packet4(), "src port 81 or 80", true},
		{eth, packet4(), "portrange 1200-1300", true},
		{eth, packet4(), "port http", true},
		{eth, packet4(), "udp port 80", false},
		{eth, packet4(), "src host 10.0.0.1 and dst net 10.0.0.0/30", true},
		{eth, packet4(), "net 10.0.0.0 mask 255.255.255.254", true},
		{eth, packet4(), "dst host 10.0.0.1", false},
		{eth, packet4(), "ether src 00:02:03:04:05:02", true},
		{eth, packet4(), "ether broadcast or ether multicast", false},
		{eth, packet4(), "tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-syn|tcp-ack", true},
		{eth, packet4(), "tcp[tcpflags] = tcp-syn", false},
		{eth, packet4(), "ip[8] = 64 and ip[2:2] = 44", true},
		{eth, packet4(), "tcp[20:4] = 0x020405b4", true},
		{eth, packet4(), "(ip[2:2] - ((ip[0] & 0xf) << 2)) - ((tcp[12] & 0xf0) >> 2) = 0", true},
		{eth, packet4(), "less 58 and greater 58 and len = 58", true},
		{eth, packet4(), "not (port 80 or 443)", false},
		// IPv6 is asked for on either side of an operator
		{eth, packet4(), "1 + ip6[6] = 7", false},
		{eth, packet4()[:40], "tcp[13] = 2 or host 10.0.0.1", false},
		{eth, packet4()[:40], "tcp[13] = 2 or tcp", true}, // what flags it has does not matter
		{eth, packet4()[:40], "not tcp[13] = 2", false},
		{eth, packet4()[:40], "tcp or tcp[13] = 2", true},
		{eth, packet4(), "byte 12 & 8 and byte 13 | 1 and byte 12 < 9 and byte 12 > 7 and byte 12 = 8", true},
		{eth, packet4(), "byte 12 & 7", false},
		{eth, packet4(), "byte 13 | 0", false},
		// 122 > 110; 58 & 18 = 18
		{eth, packet4(), "ip[8] + len > len * 2 - ip[9] and len & tcp[13] = 0x14 - 2", true},
		// division by zero
		{eth, packet4(), "len / (ip[1] * 2) = 0", false},
		{eth, packet4(), "ip[ip[9] + 2:1] = ip[8]", true},
		{eth, packet4(), "tcp[ip[9] - 6:2] = 80", true},
		{eth, fragment, "tcp", true},
		{eth, fragment, "tcp port 80", false},
		{eth, vlan, "tcp", false},
		{eth, vlan, "vlan and tcp port 80", true},
		{eth, vlan, "vlan 10 and host 10.0.0.1", true},
		{eth, vlan, "vlan 11", false},
		{eth, qinq, "vlan 5 and vlan 10 and tcp", true},
		{eth, qinq, "vlan 10", false},
		{eth, mpls, "mpls 16 and mpls 16 and tcp src port 80", true},
		{eth, mpls, "mpls and ip", false}, // the first label is not the bottom of the stack
		{eth, pppoe, "pppoes 7 and tcp port 80", true},
		{eth, pppoe, "pppoes 8", false},
		{eth, geneve, "geneve 9 and tcp port 80", true},
		{eth, geneve, "geneve 9 and ether dst 00:02:03:04:05:01", true},
		{eth, geneve, "geneve 8", false},
		{eth, geneve, "tcp", false},
		{eth, ah, "ip proto 51", true},
		{eth, ah, "ip protochain 6", true},
		{eth, ah, "ip protochain 17", false},
		{raw, packet6(), "ip6 and udp port 53", true},
		{raw, packet6(), "src host fe80::1", true},
		{raw, packet6(), "dst net ff00::/8", true},
		{raw, packet6(), "ip6 multicast", true},
		{raw, packet6(), "ip", false},
		{raw, packet6(), "ip6[7] = 255", true},
		{raw, packet6(), "ip6 protochain 17", true},
		{pcapio.LinkNull, append([]byte{30, 0, 0, 0}, packet6()...), "udp", true},
		// written by a big-endian machine
		{pcapio.LinkNull, append([]byte{0, 0, 0, 24}, packet6()...), "udp", true},
		{pcapio.LinkSLL, []byte{0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 0, 4, 0xfe, 0xfe, 3, 0x83}, "iso and ether proto 0xfe", true},
		{pcapio.LinkSLL, []byte{0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 0, 1, 0xff, 0xff}, "ipx and inbound", true},
		{pcapio.LinkSLL, []byte{0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 0, 4, 0xaa, 0xaa, 3, 8, 0, 7, 0x80, 0x9b}, "atalk", true},
		{pcapio.LinkSLL, []byte{0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 0x80, 0xf3}, "aarp", true},
		{pcapio.LinkSLL, append([]byte{0, 4, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 0x86, 0xdd}, packet6()...), "outbound and udp", true},
		// libpcap 1.10.3 looks for the IP version in SLIP's own header, and for Linux's address
		// family in the log of the BSDs: what it makes of these is of no use.
		{pcapio.LinkSLIP, append(append([]byte{1}, make([]byte, 15)...), packet6()...), "ip6 and udp port 53 and outbound", true},
		{pcapio.LinkSLIP, append(make([]byte, 16), packet6()...), "ip or outbound", false},
		{pcapio.LinkSLIPBSDOS, append(make([]byte, 24), packet6()...), "udp port 53", true},
		{pcapio.LinkPFLOG, append(append([]byte{61, 24}, make([]byte, 62)...), packet6()...), "ip6 and udp port 53", true},
		{pcapio.LinkPFLOG, append(append([]byte{100, 28}, make([]byte, 98)...), packet6()...), "udp port 53 and not ip", true},
		{pcapio.LinkPFLOG, append(append([]byte{61, 2}, make([]byte, 62)...), packet4()[14:]...), "tcp port 80 and src host 10.0.0.1", true},
		{pcapio.LinkPFLOG, append(append([]byte{61, 2}, append(make([]byte, 58), 2, 0, 0, 0)...), packet4()[14:]...), "outbound and not inbound and ip", true},
	}
	for _, c := range cases {
		t.Run(c.expr, func(t *testing.T) {
			f, err := Compile(c.expr)
			if err != nil {
				t.Errorf("%q: %v", c.expr, err)
				return
			}
			if err := f.Check(c.kind); err != nil {
				t.Errorf("%q: %v", c.expr, err)
			}
			r := pcapio.Record{LinkType: c.kind, OrigLen: len(c.data), Data: c.data}
			if got := f.Match(&r); got != c.want {
				t.Errorf("%v %x\n%q: got %v", c.kind, c.data, c.expr, got)
			}
		})
	}
}

// TestSyntaxErrors checks that bad expressions are refused at the right place.
func TestSyntaxErrors(t *testing.T) {
	cases := []struct{ expr, at, msg string }{
		{"port 70000", "70000", "greater than 65535"},
		{"tcp and port", "", "end of expression"},
		{"host example.org", "example.org", "names are not looked up"},
		{"ether host 10.0.0.1", "10.0.0.1", "cannot apply"},
		{"host 1:2:3:4:5:6", "1:2:3:4:5:6", "ether host"},
		{"net 10.0.0.1/8", "10.0.0.1/8", "outside of its mask"},
		{"net 10.0.0.0/33", "10.0.0.0/33", "at most 32"},
		{"tcp host 10.0.0.1", "10.0.0.1", `"tcp" cannot apply`},
		{"icmp port 3", "3", `"icmp" cannot apply`},
		{"udp port http", "http", "another protocol"},
		{"tcp or 443", "443", "no qualifier"},
		{"ip[0:3] = 1", "3]", "1, 2 or 4"},
		{"ip[0] = ", "", "expected a number"},
		{"1 / 0 = 1", "/ 0", "division by zero"},
		{"(ip", "", `expected ")"`},
		{"ip)", ")", "unexpected"},
		{"ip @", "@", "unexpected character"},
		{"vlan 4096", "vlan", "greater than 4095"},
		{"src proto 6", "proto", "unexpected"},
		{"08 = 8", "08", "octal"},
		{"vpi 3", "vpi", "ATM"},
		{"gateway foo", "foo", "not supported"},
		{"tcp multicast", "multicast", "no multicast"},
	}
	for _, c := range cases {
		t.Run(c.expr, func(t *testing.T) {
			_, err := Compile(c.expr)
			var bad *SyntaxError
			if !errors.As(err, &bad) {
				t.Errorf("%q: error %v", c.expr, err)
				return
			}
			if rest := c.expr[bad.Column-1:]; !strings.HasPrefix(rest, c.at) || c.at == "" && rest != "" || !strings.Contains(bad.Msg, c.msg) {
				t.Errorf("%q: column %d at %q, message %q", c.expr, bad.Column, rest, bad.Msg)
			}
		})
	}
}

func TestCaret(t *testing.T) {
	err := &SyntaxError{"é\tport x", 9, "unknown port x"}
	if got, want := err.Caret(), "é port x\n       ^"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestLinkErrors checks what is refused for a link type only.
func TestLinkErrors(t *testing.T) {
	cases := []struct {
		kind       pcapio.LinkType
		expr       string
		rejectsAll bool
	}{
		{pcapio.LinkRaw, "arp", true},
		{pcapio.LinkEthernet, "ip and arp", true},
		{pcapio.LinkEthernet, "tcp and udp", true},
		{pcapio.LinkRaw, "vlan", false},
		{pcapio.LinkRaw, "ether host 1:2:3:4:5:6", false},
		{pcapio.LinkEthernet, "inbound", false},
		{pcapio.LinkEthernet, "type mgt", false},
		{pcapio.LinkSLL, "mpls", false},
		{227, "tcp", false},
	}
	for _, c := range cases {
		t.Run(c.expr, func(t *testing.T) {
			f, err := Compile(c.expr)
			if err != nil {
				t.Errorf("%q: %v", c.expr, err)
				return
			}
			err = f.Check(c.kind)
			var link *LinkError
			if !errors.As(err, &link) || link.LinkType != c.kind || errors.Is(err, ErrRejectsAll) != c.rejectsAll {
				t.Errorf("%v: %q: error %v", c.kind, c.expr, err)
			}
			if f.Match(&pcapio.Record{LinkType: c.kind, Data: packet4()}) {
				t.Errorf("%v: %q matches", c.kind, c.expr)
			}
		})
	}
}

// TestBPF runs programs in another machine.
func TestBPF(t *testing.T) {
	for _, expr := range []string{"tcp port 80", "not ip6", "vlan 3", "tcp[13] & 2 != 0", "host 10.0.0.1 or host 10.0.0.2", "udp", strings.Repeat("host 10.0.0.9 or ", 100) + "port 80"} {
		t.Run(expr, func(t *testing.T) {
			f, err := Compile(expr)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := f.BPF(pcapio.LinkEthernet, 96)
			if err != nil {
				t.Fatal(err)
			}
			prog, ok := bpf.Disassemble(raw)
			if !ok {
				t.Errorf("%q: unknown instructions", expr)
			}
			vm, err := bpf.NewVM(prog)
			if err != nil {
				t.Errorf("%q: %v", expr, err)
				return
			}
			r := pcapio.Record{LinkType: pcapio.LinkEthernet, OrigLen: len(packet4()), Data: packet4()}
			want := 0
			if f.Match(&r) {
				want = min(96, len(r.Data))
			}
			if got, err := vm.Run(r.Data); err != nil || min(got, len(r.Data)) != want {
				t.Errorf("%q: keeps %d bytes, want %d (%v)", expr, got, want, err)
			}
		})
	}
	f, err := Compile("ip protochain 6")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.BPF(pcapio.LinkEthernet, 0); !errors.Is(err, ErrLoop) {
		t.Errorf("protochain: error %v", err)
	}
}

// TestReader filters records of two link types, the second of which has no VLAN tags.
func TestStats(t *testing.T) {
	s := Stats{1, 2}
	s.Merge(&Stats{10, 20})
	if in, used, left := s.Account(); s != (Stats{11, 22}) || in != 33 || used != 11 || left[0].Packets != 22 {
		t.Errorf("%+v: in %d, used %d, left %v", s, in, used, left)
	}
}

func TestReader(t *testing.T) {
	list := []pcapio.Record{
		{LinkType: pcapio.LinkEthernet, Data: packet4()},
		{LinkType: pcapio.LinkEthernet, Data: packet4()[:13]},
		{LinkType: pcapio.LinkRaw, Data: packet6()},
		{LinkType: pcapio.LinkRaw, Data: packet4()[14:]},
	}
	read := func(expr string) (*Reader, error) {
		f, err := Compile(expr)
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		r := NewReader(pcapio.RecordReaderFunc(func(r *pcapio.Record) error {
			if i == len(list) {
				return io.EOF
			}
			*r, i = list[i], i+1
			return nil
		}), f)
		var rec pcapio.Record
		for err = r.ReadRecord(&rec); err == nil; err = r.ReadRecord(&rec) {
		}
		if again := r.ReadRecord(&rec); again != err {
			t.Errorf("%q: %v, then %v", expr, err, again)
		}
		return r, err
	}
	if r, err := read("tcp"); err != io.EOF || r.Stats() != (Stats{2, 2}) {
		t.Errorf("%+v, %v", r.Stats(), err)
	}
	var link *LinkError
	if r, err := read("not vlan"); !errors.As(err, &link) || r.Stats() != (Stats{1, 1}) {
		t.Errorf("%+v, %v", r.Stats(), err)
	}
}

// TestLengths checks that len is the original length, clamped to what the machine can hold.
func TestLengths(t *testing.T) {
	f, err := Compile("len > 100")
	if err != nil {
		t.Fatal(err)
	}
	for origLen, want := range map[int]bool{-1: false, 0: false, 100: false, 101: true, 1<<31 - 1: true} {
		t.Run(fmt.Sprint(origLen), func(t *testing.T) {
			r := pcapio.Record{LinkType: pcapio.LinkEthernet, OrigLen: origLen, Data: packet4()}
			if got := f.Match(&r); got != want {
				t.Errorf("original length %d: %v", origLen, got)
			}
		})
	}
}

// TestBounds gives the parser what it must refuse, and not what makes it slow or deep.
func TestBounds(t *testing.T) {
	for name, expr := range map[string]string{
		"parentheses": strings.Repeat("(", 100000) + "ip" + strings.Repeat(")", 100000),
		"negations":   strings.Repeat("not ", 50000) + "ip",
		"arithmetic":  strings.Repeat("(", 100000) + "1",
		"unary":       strings.Repeat("-", 100000) + "1 = 1",
		"indices":     strings.Repeat("ip[", 50000),
		"values":      "port " + strings.Repeat("(", 100000),
		"length":      strings.Repeat(" ", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			var bad *SyntaxError
			if _, err := Compile(expr); !errors.As(err, &bad) {
				t.Errorf("%s: error %v", name, err)
			}
		})
	}
	// more tests than a program may have
	f, err := Compile("port 1" + strings.Repeat(" or 2", 20000))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Check(pcapio.LinkEthernet); !errors.Is(err, errTooLarge) {
		t.Errorf("20000 ports: %v", err)
	}
}

// TestLongJumps needs jumps that do not fit into 8 bits, both ways.
func TestLongJumps(t *testing.T) {
	var list []string
	for i := range 300 {
		list = append(list, "net 10."+strings.Repeat("1", 1+i%3)+".0."+string(rune('0'+i%10))+" mask 255.255.255.255")
	}
	for expr, want := range map[string]bool{
		"tcp and not (" + strings.Join(list, " or ") + ") and port 80":            true,
		"not tcp or " + strings.Join(list, " or "):                                false,
		"not (" + strings.Join(list, " or ") + ") and dst host 10.0.0.2":          true,
		strings.Join(list, " or ") + " or dst host 10.0.0.2":                      true,
		"(" + strings.Join(list, " or ") + ") and " + strings.Join(list, " and "): false,
	} {
		t.Run(expr, func(t *testing.T) {
			f, err := Compile(expr)
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Match(&pcapio.Record{LinkType: pcapio.LinkEthernet, Data: packet4()}); got != want {
				t.Errorf("%.40q...: %v", expr, got)
			}
		})
	}
}

// TestConcurrentUse compiles for several link types from several goroutines; it is of use with the
// race detector.
func TestConcurrentUse(t *testing.T) {
	f, err := Compile("tcp port 80")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			kind, data := pcapio.LinkEthernet, packet4()
			if i%2 == 1 {
				kind, data = pcapio.LinkRaw, data[14:]
			}
			if !f.Match(&pcapio.Record{LinkType: kind, Data: data}) {
				t.Errorf("%v: no match", kind)
			}
		})
	}
	wg.Wait()
}

func TestMatchAllocatesNothing(t *testing.T) {
	f, err := Compile("tcp port 80 and not host 10.9.9.9")
	if err != nil {
		t.Fatal(err)
	}
	records := []pcapio.Record{{LinkType: pcapio.LinkEthernet, Data: packet4()}, {LinkType: pcapio.LinkRaw, Data: packet6()}}
	matched := 0
	match := func() {
		for i := range records {
			if f.Match(&records[i]) {
				matched++
			}
		}
	}
	match()
	if n := testing.AllocsPerRun(100, match); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if matched == 0 {
		t.Error("nothing matched")
	}
}

func BenchmarkMatch(b *testing.B) {
	for _, expr := range []string{"tcp port 80", "udp", "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0", "host 10.0.0.9 or net 192.168.0.0/16"} {
		b.Run(expr, func(b *testing.B) {
			f, err := Compile(expr)
			if err != nil {
				b.Fatal(err)
			}
			r := pcapio.Record{LinkType: pcapio.LinkEthernet, OrigLen: len(packet4()), Data: packet4()}
			b.ReportAllocs()
			for b.Loop() {
				f.Match(&r)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		f, err := Compile("tcp port 80 and not host 10.9.9.9")
		if err != nil || f.Check(pcapio.LinkEthernet) != nil {
			b.Fatal(err)
		}
	}
}
