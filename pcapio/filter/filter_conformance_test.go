package filter

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// comparedLinks are the link types for which programs are compared.
var comparedLinks = []pcapio.LinkType{pcapio.LinkEthernet, pcapio.LinkNull, pcapio.LinkPPP, pcapio.LinkFDDI, pcapio.LinkRaw, pcapio.LinkPPPHDLC,
	pcapio.LinkPPPoE, pcapio.LinkCHDLC, pcapio.LinkWLAN, pcapio.LinkFRelay, pcapio.LinkLoop, pcapio.LinkSLL, pcapio.LinkPrism,
	pcapio.LinkRadiotap, pcapio.LinkAVS, pcapio.LinkPPI, pcapio.LinkIPv4, pcapio.LinkIPv6, pcapio.LinkSLL2, 195,
	pcapio.LinkNetAnalyzer, pcapio.LinkNetAnalyzerRaw, pcapio.LinkENC, pcapio.LinkIPNET, pcapio.LinkATM, pcapio.LinkCLIP, pcapio.LinkSunATM,
	pcapio.LinkTokenRing, pcapio.LinkIPFC, pcapio.LinkFireWire, pcapio.LinkPPPD, pcapio.LinkNFLOG, pcapio.LinkPKTAP, pcapio.LinkIPoIB,
	pcapio.LinkDSA, pcapio.LinkERF, pcapio.LinkDOCSIS}

// TestAgainstTcpdump compiles expressions with tcpdump too and runs both programs over made-up
// packets, and over the captures of the folder that REEF_CAPTURES names. Where they differ, the
// difference must be one of those that are known.
func TestAgainstTcpdump(t *testing.T) {
	oracle := newOracle(t)
	random := 40
	if n, err := strconv.Atoi(os.Getenv("REEF_RANDOM_EXPRESSIONS")); err == nil {
		random = n
	}
	seed, _ := strconv.ParseUint(os.Getenv("REEF_SEED"), 10, 64)
	captured := capturedPackets(t, os.Getenv("REEF_CAPTURES"))
	compared, refused := 0, 0
	for _, kind := range comparedLinks {
		t.Run(kind.String(), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, uint64(kind)))
			packets := captured[kind]
			for range 400 {
				packets = append(packets, randomPacket(rng, kind))
			}
			exprs := knownExpressions
			if kind != pcapio.LinkEthernet && os.Getenv("REEF_CAPTURES") == "" {
				exprs = nil // the random ones will do
			}
			for range random {
				exprs = append(exprs[:len(exprs):len(exprs)], randomExpression(rng))
			}
			for _, expr := range exprs {
				if knownDefect(expr, kind) {
					continue
				}
				f, err := Compile(expr)
				if err == nil {
					err = f.Check(kind)
				}
				if err != nil {
					refused++
				} else {
					compared++
				}
				if differs := oracle.compare(t, expr, kind, f, err, packets); differs != "" {
					t.Errorf("%v: %q: %s", kind, expr, differs)
				}
			}
		})
	}
	t.Logf("%d programs agree, %d expressions refused by both", compared, refused)
}

// knownDefect tells the expressions for which libpcap 1.10.3 makes wrong programs, or none: it
// forgot llc for Ethernet behind a netANALYZER header; it does not test that there is an Ethernet
// header in Geneve before it looks there for ether[12:2]; and where the link-layer header has no
// fixed length, its place is kept in scratch words that arithmetic overwrites, that geneve reads
// before they are written, and that pppoes forgets.
func knownDefect(expr string, kind pcapio.LinkType) bool {
	if strings.Contains(expr, "geneve") && strings.Contains(expr, "[") {
		return true
	}
	if (kind == pcapio.LinkNetAnalyzer || kind == pcapio.LinkNetAnalyzerRaw) && strings.Contains(expr, "llc") {
		return true
	}
	l, _ := linkOf(kind)
	return l.wlan() && (strings.Contains(expr, "geneve") || strings.Contains(expr, "pppoes") || strings.Contains(expr, "len") && strings.ContainsAny(expr, "[("))
}

// compareOn describes the first packet on which f agrees with none of the programs; it returns ""
// if there is none.
func compareOn(f *Filter, kind pcapio.LinkType, packets [][]byte, programs ...[]ins) string {
	for i, data := range packets {
		r := pcapio.Record{LinkType: kind, OrigLen: len(data) + i%3, Data: data}
		got, agree := f.Match(&r), false
		for _, prog := range programs {
			agree = agree || got == (run(prog, data, uint32(r.OrigLen)) != 0)
		}
		if !agree {
			return fmt.Sprintf("packet %d: match %v\n%x", i, got, data)
		}
	}
	return ""
}

// oracle asks tcpdump for programs.
type oracle struct{ tool, dir string }

func newOracle(t testing.TB) *oracle {
	tool, err := exec.LookPath("tcpdump")
	if err != nil {
		t.Skip("tcpdump is not installed")
	}
	return &oracle{tool, t.TempDir()}
}

// compare tells where f, or the error err that there is instead of it, differs from what tcpdump
// makes of expr; "" if nowhere.
func (o *oracle) compare(t *testing.T, expr string, kind pcapio.LinkType, f *Filter, err error, packets [][]byte) string {
	want, wantErr := o.compile(kind, "--", expr)
	switch {
	// each optimizer sees some that the other does not
	case errors.Is(err, ErrRejectsAll) && wantErr == nil:
		if i := slices.IndexFunc(packets, func(data []byte) bool { return run(want, data, uint32(len(data))) != 0 }); i >= 0 {
			return fmt.Sprintf("error %v, but tcpdump accepts\n%x", err, packets[i])
		}
		return ""
	case err == nil && wantErr != nil && strings.Contains(wantErr.Error(), ErrRejectsAll.Error()):
		return compareOn(f, kind, packets, []ins{{Op: opRet}})
	case (err != nil) != (wantErr != nil):
		return fmt.Sprintf("error %v, tcpdump: %v", err, wantErr)
	case err != nil:
		return ""
	}
	// libpcap's optimizer moves tests, so that packets that are too short for one of them may fare
	// differently.
	differs := compareOn(f, kind, packets, want)
	if differs != "" {
		plain, err := o.compile(kind, "-O", "--", expr)
		if err != nil {
			t.Fatal(err)
		}
		differs = compareOn(f, kind, packets, want, plain)
	}
	return differs
}

// compile returns tcpdump's program on an empty capture file of the link type; args end with the
// expression.
func (o *oracle) compile(kind pcapio.LinkType, args ...string) ([]ins, error) {
	name := filepath.Join(o.dir, strconv.Itoa(int(kind)))
	if _, err := os.Stat(name); err != nil {
		header := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
		header = append(header, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0)
		if err := os.WriteFile(name, binary.LittleEndian.AppendUint32(header, uint32(kind)), 0o600); err != nil {
			return nil, err
		}
	}
	var stderr bytes.Buffer
	cmd := exec.Command(o.tool, append([]string{"-n", "-r", name, "-ddd"}, args...)...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
		return nil, errors.New(lines[len(lines)-1])
	}
	var prog []ins
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Scan() // the number of instructions
	for lines.Scan() {
		var in ins
		if _, err := fmt.Sscan(lines.Text(), &in.Op, &in.Jt, &in.Jf, &in.K); err != nil {
			return nil, err
		}
		prog = append(prog, in)
	}
	return prog, lines.Err()
}

// capturedPackets returns the packets of the classic capture files in dir by link type; none for an
// empty name.
func capturedPackets(t *testing.T, dir string) map[pcapio.LinkType][][]byte {
	packets := map[pcapio.LinkType][][]byte{}
	if dir == "" {
		return packets
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) < 24 {
			continue
		}
		var order binary.ByteOrder = binary.LittleEndian
		if data[0] == 0xa1 {
			order = binary.BigEndian
		}
		kind := pcapio.LinkType(order.Uint32(data[20:]))
		data = data[24:]
		for n := 0; n < 150 && len(data) >= 16; n++ {
			size := order.Uint32(data[8:])
			if size > 65535 || int(size) > len(data)-16 {
				break
			}
			packets[kind] = append(packets[kind], data[16:16+size])
			data = data[16+size:]
		}
	}
	return packets
}

// randomPacket makes a frame of the link type that is plausible in most of its fields, sometimes
// cut short or damaged.
func randomPacket(rng *rand.Rand, kind pcapio.LinkType) []byte {
	body, etherType := randomNetwork(rng)
	mac := func() []byte { return []byte{byte(rng.IntN(3)), 2, 3, 4, 5, byte(rng.IntN(3))} }
	var p []byte
	switch kind {
	case pcapio.LinkEthernet:
		body, etherType = randomTags(rng, body, etherType)
		p = binary.BigEndian.AppendUint16(append(mac(), mac()...), etherType)
		if rng.IntN(8) == 0 {
			p = append(p[:12], 0, byte(rng.IntN(80)), byte(rng.IntN(2)*0xfe), 0xfe, byte(rng.IntN(4)), 0x83)
		}
	case pcapio.LinkNull, pcapio.LinkLoop:
		family := map[uint16]byte{0x800: 2, 0x86dd: []byte{24, 28, 30}[rng.IntN(3)]}[etherType]
		if p = []byte{family, 0, 0, 0}; kind == pcapio.LinkLoop {
			p = []byte{0, 0, 0, family}
		}
	case pcapio.LinkPPP, pcapio.LinkPPPHDLC, pcapio.LinkPPPoE:
		if kind == pcapio.LinkPPPoE {
			p = []byte{0x11, 0, 0, 1, 0, byte(len(body))}
		} else {
			p = []byte{0xff, 3}
		}
		p = append(p, 0, map[uint16]byte{0x800: 0x21, 0x86dd: 0x57}[etherType])
	case pcapio.LinkCHDLC:
		p = binary.BigEndian.AppendUint16([]byte{0x0f, 0}, etherType)
	case pcapio.LinkFDDI:
		p = append(append(append([]byte{0x50}, mac()...), mac()...), 0xaa, 0xaa, 3, 0, 0, 0, byte(etherType>>8), byte(etherType))
	case pcapio.LinkNetAnalyzer, pcapio.LinkNetAnalyzerRaw:
		p = make([]byte, map[pcapio.LinkType]int{pcapio.LinkNetAnalyzer: 4, pcapio.LinkNetAnalyzerRaw: 12}[kind])
		body, etherType = randomTags(rng, body, etherType)
		p = binary.BigEndian.AppendUint16(append(append(p, mac()...), mac()...), etherType)
	case pcapio.LinkENC:
		p = append([]byte{map[uint16]byte{0x800: 2, 0x86dd: 24}[etherType]}, make([]byte, 11)...)
	case pcapio.LinkIPNET:
		p = append([]byte{1, map[uint16]byte{0x800: 2, 0x86dd: 26}[etherType], 0, byte(rng.IntN(3))}, make([]byte, 20)...)
	case pcapio.LinkATM, pcapio.LinkCLIP, pcapio.LinkSunATM, pcapio.LinkTokenRing, pcapio.LinkIPFC:
		switch kind {
		case pcapio.LinkSunATM:
			p = []byte{byte(rng.IntN(3)), 0, 0, 100}
		case pcapio.LinkTokenRing:
			p = append(append([]byte{0x10, 0x40}, mac()...), mac()...)
		case pcapio.LinkIPFC:
			p = append(append(append([]byte{0, 0}, mac()...), 0, 0), mac()...)
		}
		p = append(p, 0xaa, 0xaa, 3, 0, 0, 0, byte(etherType>>8), byte(etherType))
	case pcapio.LinkFireWire:
		p = binary.BigEndian.AppendUint16(make([]byte, 16), etherType)
	case pcapio.LinkPPPD:
		p = []byte{byte(rng.IntN(3)), 3, 0, map[uint16]byte{0x800: 0x21, 0x86dd: 0x57}[etherType]}
	case pcapio.LinkFRelay:
		p = []byte{0, 0, 3, map[uint16]byte{0x800: 0xcc, 0x86dd: 0x8e}[etherType]}
	case pcapio.LinkSLL:
		p = binary.BigEndian.AppendUint16([]byte{0, byte(rng.IntN(5)), 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0}, etherType)
	case pcapio.LinkSLL2:
		p = binary.BigEndian.AppendUint16(nil, etherType)
		p = append(p, 0, 0, 0, 0, 0, byte(rng.IntN(3)), 0, 1, byte(rng.IntN(5)), 6, 1, 2, 3, 4, 5, 6, 0, 0)
	case pcapio.LinkWLAN, pcapio.LinkRadiotap, pcapio.LinkPPI, pcapio.LinkAVS, pcapio.LinkPrism:
		p = randomRadio(rng, kind)
		fc := []byte{0x08, 0x88, 0x80, 0xc4, 0xb4, 0x48}[rng.IntN(6)]
		p = append(p, fc, byte(rng.IntN(4)), 0, 0)
		p = append(append(append(append(p, mac()...), mac()...), mac()...), 0, 0)
		if fc == 0x88 {
			p = append(p, 0, 0)
		}
		p = append(p, 0xaa, 0xaa, 3, 0, 0, 0, byte(etherType>>8), byte(etherType))
	}
	p = append(p, body...)
	switch rng.IntN(10) {
	case 0:
		p = p[:rng.IntN(len(p)+1)]
	case 1:
		p[rng.IntN(len(p))] ^= byte(1 << rng.IntN(8))
	}
	return p
}

func randomRadio(rng *rand.Rand, kind pcapio.LinkType) []byte {
	switch kind {
	case pcapio.LinkRadiotap:
		present := []byte{0, 2, 3, 1, 2}[rng.IntN(5)]
		p := []byte{0, 0, 24, 0, present, 0, 0, byte(rng.IntN(2) * 0x80)}
		return append(p, bytes.Repeat([]byte{byte(rng.IntN(2) * 0x20)}, 16)...)
	case pcapio.LinkPPI:
		return append([]byte{0, 0, 12, 0, 105, 0, 0, 0}, 1, 2, 3, 4)
	case pcapio.LinkAVS:
		return append([]byte{0x80, 0x21, 0x10, 1, 0, 0, 0, 16}, 1, 2, 3, 4, 5, 6, 7, 8)
	case pcapio.LinkPrism:
		return append([]byte{0, 0, 0, 0x44, 0, 0, 0, 144}, make([]byte, 136)...)
	}
	return nil
}

func randomTags(rng *rand.Rand, body []byte, etherType uint16) ([]byte, uint16) {
	for rng.IntN(3) == 0 {
		switch rng.IntN(4) {
		case 0, 1:
			body = append(binary.BigEndian.AppendUint16([]byte{0, byte(rng.IntN(4))}, etherType), body...)
			etherType = []uint16{0x8100, 0x88a8, 0x9100}[rng.IntN(3)]
		case 2:
			body = append([]byte{0, 0, byte(rng.IntN(3) << 4), byte(rng.IntN(2)), 64}[1:], body...)
			body[2] = body[2]&0xfe | byte(rng.IntN(2))
			etherType = 0x8847
		case 3:
			body = append([]byte{0x11, 0, 0, byte(rng.IntN(3)), 0, byte(len(body)), 0, map[uint16]byte{0x800: 0x21, 0x86dd: 0x57}[etherType]}, body...)
			etherType = 0x8864
		}
	}
	return body, etherType
}

var someProtocols = []byte{6, 6, 17, 17, 1, 132, 58, 60, 44, 112, 2}

// randomNetwork makes a packet of the network layer and tells its EtherType.
func randomNetwork(rng *rand.Rand) ([]byte, uint16) {
	proto := someProtocols[rng.IntN(len(someProtocols))]
	ports := []uint16{53, 80, 443, 1000, 6081, 8080}
	payload := binary.BigEndian.AppendUint16(nil, ports[rng.IntN(len(ports))])
	payload = binary.BigEndian.AppendUint16(payload, ports[rng.IntN(len(ports))])
	for range 16 + rng.IntN(20) {
		payload = append(payload, byte(rng.IntN(20)))
	}
	switch {
	case proto == 17 && rng.IntN(2) == 0: // Geneve
		payload = append(payload[:4], 0, 0, 0, 0, byte(rng.IntN(2)), 0, 0x65, 0x58, 0, 0, byte(rng.IntN(3)), 0)
		payload[2], payload[3] = 6081>>8, 6081&0xff
		if payload[8] == 1 {
			payload = append(payload, 1, 2, 3, 4)
		}
		if rng.IntN(2) == 0 {
			payload = append(payload, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 8, 0)
		} else {
			payload[10], payload[11] = 8, 0
		}
		payload = append(payload, 0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 80, 0, 53, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 2)
	case proto == 60 || proto == 44:
		payload[0], payload[1] = someProtocols[rng.IntN(len(someProtocols))], byte(rng.IntN(3))
	}
	addr := func() []byte { return []byte{10, byte(rng.IntN(2)), byte(rng.IntN(2)), byte(rng.IntN(3))} }
	switch rng.IntN(9) {
	case 0, 1, 2:
		p := []byte{0x60, 0, 0, 0, 0, byte(len(payload)), proto, 64}
		for range 2 {
			p = append(append(p, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), addr()...)
			if rng.IntN(8) == 0 {
				p[len(p)-16] = 0xff
			}
		}
		return append(p, payload...), 0x86dd
	case 3:
		p := []byte{0, 1, 8, 0, 6, 4, 0, byte(rng.IntN(3)), 1, 2, 3, 4, 5, 6}
		p = append(append(append(p, addr()...), 0, 0, 0, 0, 0, 0), addr()...)
		return p, []uint16{0x806, 0x8035}[rng.IntN(2)]
	}
	options := byte(rng.IntN(3))
	p := []byte{0x45 + options, 0, 0, byte(20 + 4*options + byte(len(payload))), 0, 1, byte(rng.IntN(2) * 0x20), byte(rng.IntN(4) / 3), 64, proto, 0, 0}
	p = append(append(p, addr()...), addr()...)
	if rng.IntN(8) == 0 {
		copy(p[16:], []byte{255, 255, 255, 255})
	}
	return append(append(p, make([]byte, 4*options)...), payload...), 0x800
}

// randomExpression makes an expression from the grammar; many are refused.
func randomExpression(rng *rand.Rand) string { return randomBool(rng, 3) }

func pick(rng *rand.Rand, list ...string) string { return list[rng.IntN(len(list))] }

func randomBool(rng *rand.Rand, depth int) string {
	if depth == 0 || rng.IntN(3) == 0 {
		return randomPrimitive(rng)
	}
	switch rng.IntN(8) {
	case 0:
		return "not " + randomBool(rng, depth-1)
	case 1:
		return "(" + randomBool(rng, depth-1) + ")"
	case 2:
		return "(" + randomBool(rng, depth-1) + pick(rng, " and ", " or ") + randomBool(rng, depth-1) + ")"
	case 3:
		return randomPrimitive(rng) + pick(rng, " or ", " and ", " or not ") + pick(rng, "443", "10.0.0.1", "53", "(53 or 80)", "http", "10.1", "01:02:03:04:05:00")
	}
	return randomBool(rng, depth-1) + pick(rng, " and ", " or ") + randomBool(rng, depth-1)
}

func randomPrimitive(rng *rand.Rand) string {
	dir := pick(rng, "", "", "src ", "dst ", "src or dst ", "dst and src ")
	switch rng.IntN(12) {
	case 0:
		return pick(rng, "ip", "ip6", "arp", "rarp", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp", "ah", "esp", "vrrp", "pim", "iso", "isis", "stp", "ipx",
			"atalk", "aarp", "netbeui", "decnet", "l1", "l2", "lsp", "clnp", "esis", "snp", "lat")
	case 1, 2:
		return pick(rng, "", "", "ip ", "arp ", "rarp ", "tcp ", "ip6 ", "ether ") + dir + pick(rng, "host 10.0.0.1", "host 10.1.0.2", "net 10.0", "net 10.0.0.0/23",
			"net 10.0.0.0 mask 255.255.0.0", "net 10", "host fe80::a00:1", "net fe80::/64", "net fe80::a01:0/112", "net 0.0.0.0/0", "net fe80::/10", "host 10.1")
	case 3, 4:
		return pick(rng, "", "tcp ", "udp ", "sctp ", "ip ") + dir + pick(rng, "port 80", "port 53", "port domain", "port http", "portrange 50-100", "portrange 6081-443",
			"port 0x50", "portrange 80", "port 65535", "port 65536")
	case 5:
		return pick(rng, "vlan", "vlan 1", "vlan 2", "mpls", "mpls 16", "pppoes", "pppoes 1", "pppoed", "geneve", "geneve 1")
	case 6:
		return pick(rng, "ether ", "wlan ", "") + dir + pick(rng, "host 01:02:03:04:05:00", "host 0:2:3:4:5:2", "host 0002.0304.0501", "broadcast", "multicast")
	case 7:
		return pick(rng, "proto 6", "ip proto 17", "ip6 proto 58", "ip proto \\icmp", "ether proto 0x800", "ether proto \\arp", "iso proto 0x83", "isis proto 15",
			"proto tcp", "ether proto 0xfe", "ip protochain 17", "ip6 protochain 6", "protochain 60", "ip broadcast", "ip multicast", "ip6 multicast")
	case 8:
		return pick(rng, "less 60", "greater 70", "byte 0 = 1", "byte 12 < 8", "byte 1 > 1", "inbound", "outbound", "ifindex 1", "llc", "llc u", "llc i",
			"type data", "type mgt subtype beacon", "subtype qos-data", "dir tods", "wlan addr1 0:2:3:4:5:0", "wlan ta 1:2:3:4:5:0", "wlan addr2 0:2:3:4:5:1",
			"wlan addr3 0:2:3:4:5:1", "wlan addr4 0:2:3:4:5:1", "wlan ra 0:2:3:4:5:1", "type ctl")
	}
	left := randomArith(rng, 2)
	// libpcap does not always see through comparisons of constants
	if !strings.Contains(left, "[") {
		left = "len + " + left
	}
	return left + pick(rng, " = ", " != ", " > ", " < ", " >= ", " <= ", " == ") + randomArith(rng, 1)
}

func randomArith(rng *rand.Rand, depth int) string {
	if depth == 0 || rng.IntN(3) == 0 {
		return pick(rng, "1", "2", "0x800", "len", "6", "0", "20", "4", "64", "tcpflags", "tcp-syn", "ip[8]", "ip[9]", "tcp[13]", "ether[12:2]")
	}
	switch rng.IntN(8) {
	case 0:
		return "(" + randomArith(rng, depth-1) + ")"
	case 1:
		return "- " + randomArith(rng, depth-1)
	case 2, 3, 4:
		return pick(rng, "ip", "ip6", "tcp", "udp", "icmp", "icmp6", "ether", "arp", "link", "radio", "sctp", "wlan", "esp", "igmp") + "[" + randomArith(rng, depth-1) + pick(rng, "", ":1", ":2", ":4") + "]"
	}
	// The right operand has no protocol: libpcap forgets to test for that one.
	return randomArith(rng, depth-1) + pick(rng, " + ", " - ", " * ", " / ", " % ", " & ", " | ", " ^ ", " << ", " >> ") + pick(rng, "1", "2", "0x800", "len", "0", "31", "4", "(tcp-syn | 4)", "3 * 4")
}
