package filter

import (
	"strings"
	"sync"

	"github.com/reeftools/reef/internal/iana"
	"github.com/reeftools/reef/pcapio"
)

type service struct {
	port      uint32
	transport uint32 // anyTransport when the name is good for TCP and UDP alike
}

// services are the port names: the well-known ones of the IANA Service Name and Transport Protocol
// Port Number Registry and names that have long been in use beside them. A name given to one
// transport protocol selects that protocol, so that "port http" is "tcp port 80". libpcap asks the
// system's services file instead, which differs between systems; this table does not.
var services = sync.OnceValue(func() map[string]service {
	m := map[string]service{}
	for transport, list := range map[uint32]string{anyTransport: servicesBoth, pcapio.ProtoTCP: servicesTCP, pcapio.ProtoUDP: servicesUDP} {
		for line := range strings.FieldsSeq(list) {
			names, port, _ := strings.Cut(line, "=")
			n := uint32(0)
			for _, digit := range port {
				n = n*10 + uint32(digit-'0')
			}
			for name := range strings.SplitSeq(names, ",") {
				m[name] = service{n, transport}
			}
		}
	}
	return m
})

const servicesBoth = `
echo=7 discard=9 daytime=13 chargen,ttytst=19 time=37 tacacs=49 domain=53 kerberos,kerberos5,krb5,kerberos-sec=88
sunrpc,portmapper=111 snmp=161 snmp-trap,snmptrap=162 cmip-man=163 cmip-agent=164 rpc2portmap=369 codaauth2=370 ldap=389 svrloc=427 https=443 kpasswd=464
rtcm-sc104=2101 syslog=514 rtsp=554 ldaps=636 ldp=646 tinc=655 domain-s=853 openvpn=1194 datametrics,old-radius=1645 sa-msg-port,old-radacct=1646
radius=1812 radius-acct,radacct=1813 nfs=2049 gnunet=2086 venus=2430 venus-se=2431 codasrv=2432 codasrv-se=2433 mon=2583 isns=3205
nut=3493 sip=5060 sip-tls=5061 gnutella-svc=6346 gnutella-rtr=6347 gdomap=538 kerberos4,kerberos-iv,kdc=750 asp=27374
`

const servicesTCP = `
tcpmux=1 systat,users=11 netstat=15 qotd,quote=17 ftp-data=20 ftp=21 ssh=22 telnet=23 smtp,mail=25 whois,nicname=43 gopher=70 finger=79 http,www=80
iso-tsap,tsap=102 acr-nema,dicom=104 poppassd=106 pop3,pop-3=110 auth,authentication,tap,ident=113 nntp,readnews,untp=119 epmap,loc-srv=135
netbios-ssn=139 imap2,imap=143 mailq=174 bgp=179 smux=199 qmtp=209 z3950,wais=210 snpp=444 microsoft-ds=445 submissions,ssmtp,smtps,urd=465 saft=487
exec=512 login=513 shell,cmd=514 printer,spooler=515 uucp,uucpd=540 klogin=543 kshell,krcmd=544 afpovertcp=548 nntps,snntp=563 submission=587 nqs=607
qmqp=628 ipp=631 silc=706 kerberos-adm=749 spamd=783 rsync=873 ftps-data=989 ftps=990 telnets=992 imaps=993 pop3s=995 socks=1080
rmiregistry=1099 lotusnote,lotusnotes=1352 ms-sql-s=1433 ingreslock=1524 kermit=1649 groupwise=1677 cisco-sccp=2000
gsigatekeeper=2119 iprop=2121 gris=2135 cvspserver=2401 zebrasrv=2600 zebra=2601 ripd=2602 ripngd=2603 ospfd=2604 bgpd=2605 ospf6d=2606
dict=2628 f5-globalsite=2792 gsiftp=2811 gpsd=2947 gds-db,gds_db=3050 iscsi-target=3260 mysql=3306 ms-wbt-server=3389 distcc=3632 daap=3689
svn,subversion=3690 suucp=4031 sieve=4190 f5-iquery=4353 epmd=4369 remctl=4373 ntske=4460 mtn=4691 radmin-port=4899 munin,lrrd=4949
xmpp-client,jabber-client=5222 xmpp-server,jabber-server=5269 cfengine=5308 postgresql,postgres=5432 freeciv,rptp=5556 nrpe=5666 nsca=5667 amqps=5671 amqp=5672
x11,x11-0=6000 x11-1=6001 x11-2=6002 x11-3=6003 x11-4=6004 x11-5=6005 x11-6=6006 x11-7=6007 redis=6379 syslog-tls=6514 sane-port,sane,saned=6566
ircd=6667 ircs-u=6697 font-service,xfs=7100 http-alt,webcache=8080 tproxy=8081 puppet=8140 bacula-dir=9101 bacula-fd=9102 bacula-sd=9103
git=9418 webmin=10000 zabbix-agent=10050 zabbix-trapper=10051 amanda=10080 nbd=10809 hkp=11371 db-lsp=17500 wnn6=22273 binkp=24554
`

const servicesUDP = `
fsp,fspd=21 bootps=67 bootpc=68 tftp=69 ntp=123 netbios-ns=137 netbios-dgm=138 xdmcp=177 ipx=213 ptp-event=319 ptp-general=320 clearcase=371 isakmp=500
biff,comsat=512 who,whod=513 talk=517 ntalk=518 route,router,routed=520 dhcpv6-client=546 dhcpv6-server=547 asf-rmcp=623
ms-sql-m=1434 l2f,l2tp=1701 zephyr-srv=2102 zephyr-clt=2103 zephyr-hm=2104 icpv2,icp=3130 ipsec-nat-t=4500 iax=4569 mdns=5353
rplay=5555 babel=6696 afs3-fileserver=7000 afs3-callback=7001 afs3-prserver=7002 afs3-vlserver=7003 afs3-kaserver=7004 afs3-volser=7005 afs3-bos=7007
afs3-update=7008 afs3-rmtsys=7009
`

// ipProtocols are the protocol names that may follow proto, under IANA's keywords (Assigned
// Internet Protocol Numbers) and older spellings of them.
var ipProtocols = map[string]uint32{
	"ip": 0, "hopopt": 0, "icmp": 1, "igmp": 2, "ggp": 3, "ipencap": 4, "st": 5, "tcp": 6, "egp": 8, "igp": 9, "pup": 12, "udp": 17, "hmp": 20,
	"xns-idp": 22, "rdp": 27, "iso-tp4": 29, "dccp": 33, "xtp": 36, "ddp": 37, "idpr-cmtp": 38, "ipv6": 41, "ipv6-route": 43, "ipv6-frag": 44,
	"idrp": 45, "rsvp": 46, "gre": 47, "esp": 50, "ah": 51, "skip": 57, "ipv6-icmp": 58, "ipv6-nonxt": 59, "ipv6-opts": 60, "rspf": 73, "vmtp": 81,
	"eigrp": 88, "ospf": 89, "ax.25": 93, "ipip": 94, "etherip": 97, "encap": 98, "pim": 103, "ipcomp": 108, "vrrp": 112, "l2tp": 115,
	"isis": 124, "sctp": 132, "fc": 133, "mobility-header": 135, "udplite": 136, "mpls-in-ip": 137, "manet": 138, "hip": 139, "shim6": 140,
	"wesp": 141, "rohc": 142, "ethernet": 143,
}

// linkProtocols are the names that may follow ether proto.
var linkProtocols = map[string]uint32{
	"aarp": iana.EtherTypeAARP, "arp": iana.EtherTypeARP, "atalk": iana.EtherTypeATalk, "decnet": iana.EtherTypeDECnet, "ip": iana.EtherTypeIPv4, "ip6": iana.EtherTypeIPv6, "lat": iana.EtherTypeLAT,
	"loopback": 0x9000, "mopdl": iana.EtherTypeMOPDL, "moprc": iana.EtherTypeMOPRC, "rarp": iana.EtherTypeRARP, "sca": iana.EtherTypeSCA,
	"iso": sapISO, "stp": sapSTP, "ipx": sapIPX, "netbeui": sapNetBEUI,
}

var isoProtocols = map[string]uint32{"clnp": isoCLNP, "esis": isoESIS, "isis": isoISIS}

// lookupProto returns the number of a protocol carried by p.
func lookupProto(name string, p proto) (uint32, bool) {
	var table map[string]uint32
	switch p {
	case protoNone, protoIP, protoIP6:
		table = ipProtocols
	case protoLink:
		table = linkProtocols
	case protoISO:
		table = isoProtocols
	}
	v, ok := table[name]
	return v, ok
}
