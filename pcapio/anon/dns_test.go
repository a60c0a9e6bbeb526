package anon

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

func name(s string) []byte {
	var b []byte
	for label := range strings.SplitSeq(s, ".") {
		b = append(append(b, byte(len(label))), label...)
	}
	return append(b, 0)
}

func head(questions, answers, more int) []byte { return u16(7, 0x8180, questions, answers, 0, more) }

func rr(owner []byte, typ int, data []byte) []byte {
	return cat(owner, u16(typ, 1, 0, 60, len(data)), data)
}

// Names in messages that are built of addresses have labels that stay.
var pointer = []byte{0xc0, 12} // to the name of the question

// dnsMessages are built of addresses, as worlds are.
var dnsMessages = []struct {
	name  string
	build func(w world) []byte
}{
	{"A and AAAA", func(w world) []byte {
		return cat(head(1, 3, 0), name("_www._example.org"), u16(1, 1), rr(pointer, dnsCNAME, name("_x._example.org")), rr(pointer, dnsA, w.c), rr(pointer, dnsAAAA, w.c6))
	}},
	{"HTTPS hints", func(w world) []byte {
		return cat(head(1, 1, 0), name("_example.org"), u16(65, 1), rr(pointer, dnsHTTPS, cat(u16(1), []byte{0}, u16(1, 3), []byte{2, 'h', '3'}, u16(4, 8), w.c, w.a, u16(6, 16), w.c6)))
	}},
	{"mail, services, text", func(w world) []byte {
		return cat(head(1, 4, 0), name("_example.org"), u16(255, 1), rr(pointer, dnsMX, cat(u16(10), pointer)), rr(pointer, dnsSRV, cat(u16(1, 2, 3), pointer)),
			rr(pointer, 16, []byte{0, 0, 0}), rr(pointer, dnsSOA, cat(pointer, pointer, make([]byte, 20))))
	}},
	{"client subnet of whole bytes", func(w world) []byte {
		return cat(head(1, 0, 1), name("_example.org"), u16(1, 1), rr([]byte{0}, dnsOPT, cat(u16(8, 7, 1), []byte{24, 0}, w.c[:3])))
	}},
}

func TestDNS(t *testing.T) {
	a := sample(t)
	image := originals.image(a)
	for _, m := range dnsMessages {
		for _, packet := range []func(w world) []byte{
			func(w world) []byte { return w.udp4(53, 999, m.build(w)) },
			func(w world) []byte { return w.udp6(5353, 5353, m.build(w)) },
			func(w world) []byte {
				b := m.build(w)
				s := tcpSeg(w.a, w.b, nil, cat(u16(len(b)), b, u16(len(b)), b))
				put(put(s, 0, 53), 16, 0)
				return w.ip4(6, put(s, 16, onesSum(pseudo(w.a, w.b, 6, len(s)), s)))
			},
		} {
			if got, want := run(t, a, pcapio.LinkRaw, packet(originals)), packet(image); !bytes.Equal(got, want) {
				t.Errorf("%s: made\n%x, want\n%x", m.name, got, want)
			}
		}
	}
	if s := a.Stats(); s.UnknownCut != 0 {
		t.Errorf("counters %+v", s)
	}
}

func TestReverseNames(t *testing.T) {
	a := sample(t)
	for _, c := range [][2]string{
		{"77.2.0.192.in-addr.arpa", "xx.x.x.xxx.in-addr.arpa"},
		{"77.2.0.192.IN-ADDR.Arpa", "xx.x.x.xxx.IN-ADDR.Arpa"},
		{"7.0.8.b.d.0.1.0.0.2.ip6.arpa", "x.x.x.x.x.x.x.x.x.x.ip6.arpa"},
		{"_dns-sd._udp.0.2.0.192.in-addr.arpa", "_dns-sd._udp.x.x.x.xxx.in-addr.arpa"},
	} {
		build := func(s string) []byte {
			return cat(head(1, 1, 0), name(s), u16(12, 1), rr(pointer, dnsPTR, name("_host._example.org")))
		}
		got := run(t, a, pcapio.LinkRaw, ip4(17, udpSeg(hostA, hostB, 53, 9, build(c[0]))))[28:]
		if !bytes.Equal(got, build(c[1])) {
			t.Errorf("%s: %q, want %q", c[0], got, build(c[1]))
		}
	}
}

// The names of a question and of records that point into it have one image: label by label as long,
// the same in any case and in any message, with what two names have in common at their ends in
// common.
func TestNames(t *testing.T) {
	a := sample(t)
	ask := func(names ...string) []string {
		b := head(len(names), 0, 0)
		for _, n := range names {
			b = cat(b, name(n), u16(1, 1))
		}
		got := run(t, a, pcapio.LinkRaw, ip4(17, udpSeg(hostA, hostB, 9, 53, b)))[40:]
		var images []string
		for range names {
			var labels []string
			for ; got[0] != 0; got = got[1+got[0]:] {
				labels = append(labels, string(got[1:1+got[0]]))
			}
			got = got[5:]
			images = append(images, strings.Join(labels, "."))
		}
		return images
	}
	got := ask("annas-laptop.corp.example.com", "ANNAS-laptop.CORP.Example.com", "corp.example.com", "corp.example.de", "_ipp._tcp.printer.local", "annas-laptop",
		"com", "77.2.0.192.zen.example.org", strings.Repeat("q", 63)+".example.com")
	again := ask("corp.example.com")
	suffix := func(s string, labels int) string {
		parts := strings.Split(s, ".")
		return strings.Join(parts[len(parts)-labels:], ".")
	}
	switch {
	case got[0] != got[1], suffix(got[0], 3) != got[2], again[0] != got[2], got[2] == got[3], suffix(got[3], 1) != "de", suffix(got[8], 2) != suffix(got[2], 2):
		t.Errorf("%q and %q", got, again)
	case !strings.HasPrefix(got[4], "_ipp._tcp.") || !strings.HasSuffix(got[4], ".local"):
		t.Errorf("%q", got[4])
	}
	for _, n := range got {
		for _, word := range []string{"annas", "laptop", "corp", "example", "printer", "192", "qqqq"} {
			if strings.Contains(n, word) || got[6] == "com" {
				t.Errorf("%q", got)
			}
		}
	}

	// Answers whose names are pointers into the question, and begin with a label more.
	answer := cat(head(1, 1, 0), name("example.org"), u16(12, 1), rr(pointer, dnsPTR, cat([]byte{4}, []byte("host"), pointer)))
	b := slices.Clone(run(t, a, pcapio.LinkRaw, ip4(17, udpSeg(hostA, hostB, 53, 9, answer))))[28:]
	want := ask("host.example.org")[0]
	if got := string(b[len(b)-6:len(b)-2]) + "." + string(b[13:20]) + "." + string(b[21:24]); got != want {
		t.Errorf("by pointers %q, want %q", got, want)
	}
}

func TestSubnetBits(t *testing.T) {
	a := sample(t)
	query := cat(head(1, 0, 1), name("example.org"), u16(1, 1), rr([]byte{0}, dnsOPT, cat(u16(8, 7, 1), []byte{20, 0}, []byte{203, 0, 112})))
	got := run(t, a, pcapio.LinkRaw, ip4(17, udpSeg(hostA, hostB, 9, 53, query)))
	image := a.IPv4([4]byte{203, 0, 112, 0})
	if want := []byte{image[0], image[1], image[2] & 0xf0}; !bytes.HasSuffix(got, want) {
		t.Errorf("%x does not end in %x", got, want)
	}
}

func TestBadDNSIsCut(t *testing.T) {
	question := cat(name("example.org"), u16(1, 1))
	long := cat(head(1, 2, 0), question, rr(pointer, dnsA, hostC), rr(pointer, dnsA, hostC))
	for _, c := range []struct {
		name    string
		message []byte
		keep    int
	}{
		{"not DNS", hostC6, 0},
		{"address of five bytes", cat(head(1, 1, 0), question, rr(pointer, dnsA, cat(hostC, []byte{1}))), 12 + len(question)},
		{"pointer to itself", cat(head(1, 1, 0), []byte{0xc0, 12}, u16(1, 1), rr(pointer, dnsA, hostC)), 12},
		{"pointer beyond the end", cat(head(1, 1, 0), question, rr([]byte{0xff, 0xff}, dnsA, hostC)), 12 + len(question)},
		{"record cut", long[:len(long)-1], len(long) - 16},
		{"something behind", cat(long, hostC), len(long)},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := sample(t)
			if got := run(t, a, pcapio.LinkRaw, ip4(17, udpSeg(hostA, hostB, 53, 9, c.message))); len(got) != 28+c.keep {
				t.Errorf("%d bytes of DNS were kept, want %d", len(got)-28, c.keep)
			}
			if s := a.Stats(); s.UnknownCut != 1 {
				t.Errorf("counters %+v", s)
			}
		})
	}
	a := sample(t)
	s := put(tcpSeg(hostA, hostB, nil, cat(u16(len(long)), long, u16(len(long)), long[:len(long)-4])), 2, 53)
	if got := run(t, a, pcapio.LinkRaw, ip4(6, s)); len(got) != 40+2+len(long) {
		t.Errorf("TCP: %d bytes were kept, want %d", len(got), 40+2+len(long))
	}
}

func TestUnknownRecordTypesAreBlanked(t *testing.T) {
	a := sample(t)
	m := cat(head(1, 1, 0), name("example.org"), u16(1, 1), rr(pointer, 45, cat([]byte{10, 1, 2}, hostC)))
	got := run(t, a, pcapio.LinkRaw, ip4(17, udpSeg(hostA, hostB, 53, 9, m)))
	if !bytes.HasSuffix(got, make([]byte, 7)) {
		t.Errorf("%x", got)
	}
}
