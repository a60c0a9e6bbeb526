package echo

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"github.com/reeftools/reef/pcapio"
)

const (
	base = 1_700_000_000 * int64(time.Second)
	ms   = int64(time.Millisecond)
	sec  = int64(time.Second)
)

var decoder = pcapio.NewDecoder(nil, pcapio.DecodeConfig{Tunnels: pcapio.TunnelAll})

// message is an ICMP or ICMPv6 message of kind echo unless said otherwise.
type message struct {
	at       int64  // ms after base
	from, to string // last byte of 192.0.2.x, or "6:x" for 2001:db8::x
	typ      uint8
	id, seq  uint16
	data     string
	ttl      uint8
	snap     int // bytes captured of the IP packet; 0 for all
}

func (m message) packet(t testing.TB) *pcapio.Packet {
	t.Helper()
	ttl := m.ttl
	if ttl == 0 {
		ttl = 64
	}
	src, dst := netip.MustParseAddr(m.from), netip.MustParseAddr(m.to)
	icmp := append([]byte{m.typ, 0, 0, 0}, 0, 0, 0, 0)
	binary.BigEndian.PutUint16(icmp[4:], m.id)
	binary.BigEndian.PutUint16(icmp[6:], m.seq)
	icmp = append(icmp, m.data...)
	link := pcapio.LinkIPv4
	var header, pseudo []byte
	if src.Is4() {
		header = []byte{0x45, 0, 0, 0, 0, 0, 0, 0, ttl, 1, 0, 0}
		binary.BigEndian.PutUint16(header[2:], uint16(20+len(icmp)))
		header = append(append(header, src.AsSlice()...), dst.AsSlice()...)
	} else {
		link = pcapio.LinkIPv6
		header = []byte{0x60, 0, 0, 0, 0, 0, 58, ttl}
		binary.BigEndian.PutUint16(header[4:], uint16(len(icmp)))
		header = append(append(header, src.AsSlice()...), dst.AsSlice()...)
		pseudo = append(append([]byte(nil), header[8:]...), 0, 0, 0, byte(len(icmp)), 0, 0, 0, 58)
	}
	binary.BigEndian.PutUint16(icmp[2:], checksum(append(pseudo, icmp...)))
	frame := append(header, icmp...)
	p := &pcapio.Packet{Record: pcapio.Record{Time: base + m.at*ms, OrigLen: len(frame), LinkType: link, Data: frame}}
	if m.snap > 0 {
		p.Data = frame[:m.snap]
	}
	decoder.Decode(p)
	return p
}

func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i < len(b); i += 2 {
		sum += uint32(b[i]) << 8
		if i+1 < len(b) {
			sum += uint32(b[i+1])
		}
	}
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

const (
	hostA = "192.0.2.1"
	hostB = "192.0.2.2"
	hostC = "192.0.2.3"
	six1  = "2001:db8::1"
	six2  = "2001:db8::2"
)

// ask and answer are an echo request from A to B and its reply.
func ask(at int64, seq uint16) message {
	return message{at: at, from: hostA, to: hostB, typ: 8, id: 7, seq: seq, data: "0123456789"}
}
func answer(at int64, seq uint16) message {
	return message{at: at, from: hostB, to: hostA, typ: 0, id: 7, seq: seq, data: "0123456789"}
}

// match runs messages through a Matcher and returns the exchanges and counts.
func match(t testing.TB, cfg Config, messages ...message) ([]Exchange, Stats) {
	t.Helper()
	var got []Exchange
	m, err := New(cfg, ExchangeWriterFunc(func(e *Exchange) error { got = append(got, *e); return nil }))
	if err != nil {
		t.Fatal(err)
	}
	for _, msg := range messages {
		if err := m.WritePacket(msg.packet(t)); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Flush(); err != nil {
		t.Fatal(err)
	}
	s := m.Stats()
	if s.Packets != s.Requests+s.Repeats+s.Replies+s.Answers+s.Duplicates+s.Overflow+s.Unmatched+s.Other+s.Cut+s.NotICMP || s.Requests != s.Exchanges || int(s.Exchanges) != len(got) {
		t.Errorf("counts do not add up: %+v, %d exchanges", s, len(got))
	}
	if len(m.byKey) != 0 || len(m.groups) != 0 || len(m.more) != 0 || len(m.streams) != 0 {
		t.Errorf("left behind: %d keys, %d streams", len(m.byKey), len(m.streams))
	}
	return got, s
}
