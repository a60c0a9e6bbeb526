// Package iana has the numbers of IEEE 802 and IANA that more than one package
// looks for. IP protocol numbers are pcapio's, where users find them.
package iana

// EtherTypes (IEEE 802, IANA).
const (
	EtherTypeMin       = 0x0600 // below, the field is the length of an 802.3 frame
	EtherTypeIPv4      = 0x0800
	EtherTypeARP       = 0x0806
	EtherTypeERSPAN3   = 0x22eb // in GRE only
	EtherTypeTRILL     = 0x22f3
	EtherTypeMOPDL     = 0x6001
	EtherTypeMOPRC     = 0x6002
	EtherTypeDECnet    = 0x6003
	EtherTypeLAT       = 0x6004
	EtherTypeSCA       = 0x6007
	EtherTypeEoIP      = 0x6400 // in GRE only
	EtherTypeBridged   = 0x6558 // transparent Ethernet bridging
	EtherTypeRARP      = 0x8035
	EtherTypeATalk     = 0x809b
	EtherTypeAARP      = 0x80f3
	EtherTypeVLAN      = 0x8100 // 802.1Q
	EtherTypeIPX       = 0x8137
	EtherTypeIPv6      = 0x86dd
	EtherTypeSlow      = 0x8809 // slow protocols: LACP
	EtherTypePPP       = 0x880b // in GRE only
	EtherTypeWCCP      = 0x883e // in GRE only
	EtherTypeMPLS      = 0x8847
	EtherTypeMPLSMulti = 0x8848
	EtherTypePPPoEDisc = 0x8863
	EtherTypePPPoE     = 0x8864
	EtherTypeJumboLLC  = 0x8870 // an 802.2 frame that is too long for a length field
	EtherTypeQinQ      = 0x88a8 // 802.1ad
	EtherTypeERSPAN2   = 0x88be // in GRE only
	EtherTypeLLDP      = 0x88cc
	EtherTypeMACsec    = 0x88e5
	EtherTypeITag      = 0x88e7 // 802.1ah
	EtherTypeCFM       = 0x8902
	EtherTypeFabric    = 0x8903 // Cisco FabricPath
	EtherTypeCiscoMeta = 0x8909
	EtherTypeVNTag     = 0x8926
	EtherTypeHSR       = 0x892f
	EtherTypeFineLabel = 0x893b // TRILL
	EtherTypeETag      = 0x893f // 802.1BR
	EtherTypeNSH       = 0x894f
	EtherTypeOldQinQ   = 0x9100
	EtherTypeArista    = 0xd28b
	EtherTypeRTag      = 0xf1c1 // 802.1CB
)

// UDP ports of tunnels (IANA, but for AYIYA and TZSP). The others have them as destination, these
// as either: L2TP, GTP-U, Teredo, AYIYA, CAPWAP.
const (
	PortL2TP          = 1701
	PortGTPU          = 2152
	PortTeredo        = 3544
	PortLISP          = 4341
	PortVXLAN         = 4789
	PortVXLANGPE      = 4790
	PortAYIYA         = 5072
	PortCAPWAPControl = 5246
	PortCAPWAP        = 5247
	PortGUE           = 6080
	PortGENEVE        = 6081
	PortMPLS          = 6635
	PortVXLANOld      = 8472 // of Linux before the assignment
	PortTZSP          = 37008
)
