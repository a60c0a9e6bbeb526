package cli

import (
	"strconv"
	"strings"

	"github.com/reeftools/reef/pcapio"
)

// DecodeConfig is Decode with what -tunnels, -vxlan-port and -tpid ask for.
func (p *Program) DecodeConfig() (pcapio.DecodeConfig, error) {
	cfg := p.Decode
	var err error
	if cfg.Tunnels, err = pcapio.ParseTunnel(*p.tunnels); err != nil {
		return cfg, Usagef("-tunnels: %v", err)
	}
	if cfg.VXLANPorts, err = numbers("vxlan-port", *p.vxlanPorts, "ports as in 4788,8473"); err != nil {
		return cfg, err
	}
	if cfg.TPIDs, err = numbers("tpid", *p.tpids, "EtherTypes as in 0x9400,0xabcd"); err != nil {
		return cfg, err
	}
	if len(cfg.VXLANPorts) > 0 && cfg.Tunnels&pcapio.TunnelVXLAN == 0 {
		return cfg, Usagef("-vxlan-port: needs -tunnels vxlan or all")
	}
	if err := cfg.Validate(); err != nil {
		return cfg, Usagef("%v", err)
	}
	return cfg, nil
}

// numbers reads a list of numbers of 16 bits, decimal or with 0x hexadecimal.
func numbers(flagName, list, want string) (all []uint16, err error) {
	if list == "" {
		return nil, nil
	}
	for word := range strings.SplitSeq(list, ",") {
		n, err := strconv.ParseUint(word, 0, 16)
		if err != nil {
			return nil, Usagef("-%s %s: want %s", flagName, list, want)
		}
		all = append(all, uint16(n))
	}
	return all, nil
}
