package edit

import (
	"encoding/binary"

	"github.com/dgryski/go-metro"

	"github.com/reeftools/reef/pcapio"
)

// CutLayer says how much of a packet to keep.
type CutLayer uint8

// Where packets may be cut.
const (
	CutLink      CutLayer = iota // after the link-layer headers
	CutNetwork                   // after the IP header with its options and extension headers
	CutTransport                 // after the transport header
)

// TruncateAfter returns a transform that cuts each IP packet after the header of a layer, or after
// the last header that it has below that. With tunnels in cfg the headers are those of the
// innermost packet. The length on the wire stays. Records that are not IP, or whose IP header is
// bad, are dropped unless keepOther: there is no header known to cut them after.
func TruncateAfter(layer CutLayer, cfg pcapio.DecodeConfig, keepOther bool) (Transform, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	d := pcapio.NewDecoder(nil, cfg)
	var p pcapio.Packet
	return TransformFunc(func(r *pcapio.Record) bool {
		p.Record = *r
		d.Decode(&p)
		if !p.Status.HasIP() {
			return keepOther
		}
		end := p.IPOff
		if layer >= CutNetwork {
			end += p.IPHdrLen
		}
		if layer >= CutTransport && p.Status == pcapio.StatusOK {
			end = p.PayloadOff
		}
		r.Data = r.Data[:max(0, min(end, len(r.Data)))]
		return true
	}), nil
}

// StripLink returns a transform that makes raw IP packets ([pcapio.LinkRaw]) of frames: it takes
// off all link-layer headers, padding and frame check sequences. The length on the wire becomes
// that of the IP packet. Records that are not IP are dropped.
func StripLink() Transform {
	d := pcapio.NewDecoder(nil, pcapio.DecodeConfig{FragmentCache: -1})
	var p pcapio.Packet
	return TransformFunc(func(r *pcapio.Record) bool {
		p.Record = *r
		d.Decode(&p)
		if !p.Status.HasIP() {
			return false
		}
		r.Data = r.Data[p.IPOff:min(p.IPOff+p.IPLen, len(r.Data))]
		r.OrigLen, r.LinkType, r.FCSLen = p.IPLen, pcapio.LinkRaw, 0
		return true
	})
}

// SampleFlows returns a transform that keeps the packets of one in n flows and drops those of the
// others and what is not IP. A flow is both directions of addresses, ports and protocol, innermost
// with tunnels in cfg. Which flows are kept depends on nothing but the flow and the key, so
// captures of several places sampled with one key hold the same flows. It is not meant to resist an
// attacker.
func SampleFlows(n, key uint64, cfg pcapio.DecodeConfig) (Transform, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	n = max(n, 1)
	d := pcapio.NewDecoder(nil, cfg)
	var p pcapio.Packet
	return TransformFunc(func(r *pcapio.Record) bool {
		p.Record = *r
		d.Decode(&p)
		return p.Status.HasIP() && flowHash(&p, key)%n == 0
	}), nil
}

// flowHash is the same for both directions of a flow.
func flowHash(p *pcapio.Packet, key uint64) uint64 {
	var b [37]byte
	src, dst, sport, dport := &p.Src, &p.Dst, p.SrcPort, p.DstPort
	if order := compareEnds(src, dst, sport, dport); order > 0 {
		src, dst, sport, dport = dst, src, dport, sport
	}
	copy(b[0:], src[:])
	copy(b[16:], dst[:])
	if p.PortsOK {
		binary.BigEndian.PutUint16(b[32:], sport)
		binary.BigEndian.PutUint16(b[34:], dport)
	}
	b[36] = p.Proto
	return metro.Hash64(b[:], key)
}

func compareEnds(a, b *[16]byte, aPort, bPort uint16) int {
	for i := range a {
		if a[i] != b[i] {
			return int(a[i]) - int(b[i])
		}
	}
	return int(aPort) - int(bPort)
}
