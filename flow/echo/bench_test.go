package echo

import (
	"encoding/binary"
	"testing"

	"github.com/reeftools/reef/pcapio"
)

// pinger makes an endless run of requests and replies to many hosts, in the same two packets.
type pinger struct {
	ask, answer *pcapio.Packet
	n           uint32
}

func newPinger(t testing.TB) *pinger {
	return &pinger{ask: ask(0, 1).packet(t), answer: answer(0, 1).packet(t)}
}

// next gives a request and its reply, a millisecond after the ones before.
func (g *pinger) next(write func(*pcapio.Packet) error) error {
	g.n++
	host := [4]byte{10, byte(g.n >> 4), byte(g.n), 1}
	for _, p := range []*pcapio.Packet{g.ask, g.answer} {
		p.Time += ms
		p.ICMP.Seq = uint16(g.n)
		binary.BigEndian.PutUint16(p.Data[26:], p.ICMP.Seq)
	}
	*(*[4]byte)(g.ask.Dst[12:]), *(*[4]byte)(g.answer.Src[12:]) = host, host
	if err := write(g.ask); err != nil {
		return err
	}
	return write(g.answer)
}

func TestNoAllocations(t *testing.T) {
	m, err := New(Config{Timeout: 1e9}, ExchangeWriterFunc(func(*Exchange) error { return nil }))
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewClassic(ClassicConfig{MaxPending: 1000}, MessageWriterFunc(func(*Message) error { return nil }))
	if err != nil {
		t.Fatal(err)
	}
	for name, write := range map[string]func(*pcapio.Packet) error{"Matcher": m.WritePacket, "Classic": c.WritePacket} {
		t.Run(name, func(t *testing.T) {
			g := newPinger(t)
			step := func() {
				for range 1000 {
					if err := g.next(write); err != nil {
						t.Fatal(err)
					}
				}
			}
			for range 20 {
				step() // until tables have their size
			}
			// in 2000 packets: the tables are rehashed now and then
			if n := testing.AllocsPerRun(10, step); n > 1 {
				t.Errorf("%s: %v allocations in 2000 packets", name, n)
			}
		})
	}
}

func benchmark(b *testing.B, write func(*pcapio.Packet) error) {
	g := newPinger(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := g.next(write); err != nil {
			b.Fatal(err)
		}
	}
}

// Two packets each.
func BenchmarkMatcher(b *testing.B) {
	m, err := New(Config{}, ExchangeWriterFunc(func(*Exchange) error { return nil }))
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, m.WritePacket)
}

func BenchmarkClassic(b *testing.B) {
	c, err := NewClassic(ClassicConfig{}, MessageWriterFunc(func(*Message) error { return nil }))
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, c.WritePacket)
}

// A packet of something else, of which most captures consist.
func BenchmarkOther(b *testing.B) {
	m, err := New(Config{}, ExchangeWriterFunc(func(*Exchange) error { return nil }))
	if err != nil {
		b.Fatal(err)
	}
	p := &pcapio.Packet{Status: pcapio.StatusOK, Layers: pcapio.LayerIPv4 | pcapio.LayerTCP, IPVersion: 4, Proto: 6}
	for b.Loop() {
		if err := m.WritePacket(p); err != nil {
			b.Fatal(err)
		}
	}
}
