package intervalstat

import (
	"encoding/binary"

	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

// WriteRecord counts what [Series.WritePacket] counts of the packet in r, decoded without tunnels.
// It decodes no more than it needs; with Config.Distinct that is everything. It makes Series a
// [pcapio.RecordWriter].
func (s *Series) WriteRecord(r *pcapio.Record) error {
	version, proto, ipLen := plainIP(r)
	if version == 0 || s.line.cfg.Distinct {
		if s.decoder == nil {
			s.decoder = pcapio.NewDecoder(nil, pcapio.DecodeConfig{NetworkOnly: !s.line.cfg.Distinct})
		}
		s.packet.Record = *r
		s.decoder.Decode(&s.packet)
		return s.WritePacket(&s.packet)
	}
	l := &s.line
	b := l.recent(r.Time)
	if b == nil {
		var late bool
		var err error
		b, late, err = l.find(r.Time)
		switch {
		case err != nil:
			return err
		case b == nil:
			l.stats.Late++
			return nil
		case late:
			b.Late++
		}
	}
	s.count(b, r, version, proto, ipLen)
	return nil
}

// count counts a plain packet in b.
func (s *Series) count(b *Bucket, r *pcapio.Record, version, proto uint8, ipLen int) {
	s.line.stats.Used++
	size := b.size.of(r, ipLen)
	b.count(r.Time, size)
	if b.Sizes != nil {
		b.Sizes.Add(size)
	}
	if version == 4 {
		b.IPv4++
	} else {
		b.IPv6++
	}
	b.Protocols.addIP(proto)
}

// plainIP returns the version, protocol and length of a plain IP packet: in Ethernet with at most
// one tag, not a fragment, without extension headers, and with a sound header that states its
// length and was captured. Most packets are. For any other it returns version 0, and
// [pcapio.Decoder] decides. It is faster than the Decoder because it stores nothing else.
func plainIP(r *pcapio.Record) (version, proto uint8, length int) {
	const v4, v6 = 20, 40
	b := r.Data
	if r.LinkType != pcapio.LinkEthernet || len(b) < 18+v4 {
		return 0, 0, 0
	}
	typ, ip := binary.BigEndian.Uint16(b[12:]), b[14:]
	if typ == iana.EtherTypeVLAN {
		typ, ip = binary.BigEndian.Uint16(b[16:]), b[18:]
	}
	switch {
	case typ == iana.EtherTypeIPv4:
		header := 4 * int(ip[0]&0xf)
		length, proto = int(binary.BigEndian.Uint16(ip[2:])), ip[9]
		whole := binary.BigEndian.Uint16(ip[6:])&0x3fff == 0 // no more fragments, offset 0
		if ip[0]>>4 == 4 && header >= v4 && header <= len(ip) && length >= header && whole && proto != pcapio.ProtoAH {
			return 4, proto, length
		}
	case typ == iana.EtherTypeIPv6 && len(ip) >= v6:
		payload := int(binary.BigEndian.Uint16(ip[4:]))
		proto = ip[6]
		if ip[0]>>4 == 6 && payload > 0 && (proto == pcapio.ProtoTCP || proto == pcapio.ProtoUDP || proto == pcapio.ProtoICMPv6) {
			return 6, proto, v6 + payload
		}
	}
	return 0, 0, 0
}
