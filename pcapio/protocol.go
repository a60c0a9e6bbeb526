package pcapio

// IP protocol numbers (IANA), of [Packet].Proto and of IPv6 headers that say what follows.
const (
	ProtoHopByHop    = 0
	ProtoICMP        = 1
	ProtoIGMP        = 2
	ProtoIPv4        = 4
	ProtoTCP         = 6
	ProtoIGRP        = 9
	ProtoUDP         = 17
	ProtoDCCP        = 33
	ProtoIPv6        = 41
	ProtoRouting     = 43
	ProtoFragment    = 44
	ProtoGRE         = 47
	ProtoESP         = 50
	ProtoAH          = 51
	ProtoICMPv6      = 58
	ProtoNone        = 59 // no next header
	ProtoDestOptions = 60
	ProtoEtherIP     = 97
	ProtoPIM         = 103
	ProtoVRRP        = 112 // CARP too
	ProtoL2TP        = 115 // version 3
	ProtoSCTP        = 132
	ProtoMobility    = 135
	ProtoUDPLite     = 136
	ProtoMPLS        = 137
	ProtoHIP         = 139
	ProtoShim6       = 140
	ProtoEthernet    = 143
)
