package tcpanalysis

import "github.com/reeftools/reef/pcapio"

// offer notes what the SYN in p, sent by h, says about window scaling. It is used if both SYNs have
// the option (RFC 7323, 2.2), and a SYN+ACK may have it only if the SYN had it (1.3): so of two
// SYNs one may be missing.
func (h *half) offer(peer *half, p *pcapio.Packet) {
	h.plainSYN = h.plainSYN || p.TCP.Flags&pcapio.ACK == 0
	h.scaling = h.Options&pcapio.OptWScale != 0
	if peer != nil && peer.hasSYN {
		h.scaling = h.scaling && peer.Options&pcapio.OptWScale != 0
		peer.scaling = h.scaling
	} else if p.TCP.Flags&pcapio.ACK == 0 {
		h.scaling = false // not known before the answer
	}
}

// knownScale tells whether it is known how the windows are scaled that h advertises.
func (h *half) knownScale(peer *half) bool {
	return h.scaling || h.hasSYN && h.Options&pcapio.OptWScale == 0 || peer != nil && peer.hasSYN && peer.Options&pcapio.OptWScale == 0
}

// window counts the window that p advertises and returns it in bytes; where the scale is unknown
// the field is taken as it is.
func (t *Tracker) window(h *half, p *pcapio.Packet) uint32 {
	w := uint32(p.TCP.Window)
	if p.TCP.Flags&(pcapio.SYN|pcapio.RST) != 0 {
		return w
	}
	if h.scaling {
		w <<= h.WScale
	}
	h.WindowSum += uint64(w)
	h.WindowCount++
	h.WindowMax = max(h.WindowMax, uint64(w))
	if w == 0 {
		t.rare(h).ZeroWindows++
	} else if h.WindowMin == 0 || uint64(w) < h.WindowMin {
		h.WindowMin = uint64(w)
	}
	return w
}
