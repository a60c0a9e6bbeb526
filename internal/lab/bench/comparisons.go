package main

// comparison is a row: an example program, the tool that it is measured against, and the ratio that
// is wanted.
type comparison struct {
	name       string
	reef, peer []string
	wanted     string
}

// pipeline counts pairs with the usual tools, perlTop in a hash of Perl's, of which it prints the
// ten largest.
const (
	pipeline = `awk '$1<$2{print $1,$2;next}{print $2,$1}' LIST | sort | uniq -c | sort -rn`
	perlTop  = `while(<>){@f=split; $h{$f[0] lt $f[1] ? "$f[0] $f[1]" : "$f[1] $f[0]"}++}
while(($k,$v)=each %h){if(@t<10||$v>$t[-1][1]){@t=sort{$b->[1]<=>$a->[1]}@t,[$k,$v]; $#t=9 if @t>10}}
print "$_->[0] $_->[1]\n" for @t`
)

// tshark prints what icmpecho -semantics classic prints.
var (
	tshark     = []string{"tshark", "-r", "TRACE", "-Y", "icmp.type==8 || icmp.type==0", "-T", "fields", "-E", "header=y", "-E", "separator=,", "-E", "occurrence=f"}
	echoFields = []string{"-e", "frame.time_epoch", "-e", "ip.src", "-e", "ip.dst", "-e", "icmp.type", "-e", "icmp.ident", "-e", "icmp.seq",
		"-e", "ip.len", "-e", "ip.hdr_len", "-e", "icmp.resptime"}
)

var comparisons = []comparison{
	{"flows t2", []string{"reef/flows", "-format", "t2", "TRACE"}, []string{"nfpcapd", "-r", "TRACE", "-w", "DIR"}, "<= 0.25"},
	{"flows t2", []string{"reef/flows", "-format", "t2", "TRACE"}, []string{"softflowd", "-r", "TRACE", "-n", "127.0.0.1:9995"}, "<= 0.5"},
	{"flows netmate", []string{"reef/flows", "-format", "netmate", "TRACE"}, []string{"reef/flows", "-format", "t2", "TRACE"}, "<= 2"},
	{"flows netmate classic", []string{"reef/flows", "-format", "netmate", "-semantics", "classic", "TRACE"}, []string{"reef/flows", "-format", "t2", "TRACE"}, "<= 2"},
	{"flows csv", []string{"reef/flows", "-format", "csv", "TRACE"}, []string{"reef/flows", "-format", "t2", "TRACE"}, ""},
	{"intervals", []string{"reef/intervals", "-r", "TRACE", "1"}, []string{"tcpstat", "-r", "TRACE", "1"}, "<= 0.5"},
	{"intervals classic", []string{"reef/intervals", "-semantics", "classic", "-r", "TRACE", "1"}, []string{"tcpstat", "-r", "TRACE", "1"}, "<= 0.5"},
	{"intervals, bare read", []string{"reef/intervals", "-r", "TRACE", "1"}, []string{"dd", "if=TRACE", "of=/dev/null", "bs=1M"}, "<= 3"},
	{"icmpecho classic", []string{"reef/icmpecho", "-semantics", "classic", "TRACE"}, append(tshark, echoFields...), "<= 0.05"},
	{"tcpconns csv", []string{"reef/tcpconns", "-format", "csv", "-rtt", "TRACE"}, []string{"tcptrace", "-n", "-l", "-r", "--csv", "TRACE"}, "<= 0.1, MB <= 0.17"},
	{"tcpconns csv classic", []string{"reef/tcpconns", "-semantics", "classic", "-format", "csv", "-rtt", "TRACE"}, []string{"tcptrace", "-n", "-l", "-r", "--csv", "TRACE"}, ""},
	{"tcpconns tstat", []string{"reef/tcpconns", "-format", "tstat", "TRACE"}, []string{"reef/tcpconns", "-format", "csv", "-rtt", "TRACE"}, ""},
	{"slice middle", []string{"reef/slice", "-w", "DIR/reef.pcap", "+30", "+10", "TRACE"}, []string{"tcpslice", "-w", "DIR/peer.pcap", "+30", "+10", "TRACE"}, "<= 0.5"},
	{"slice filter", []string{"reef/slice", "-w", "DIR/reef.pcap", "-f", "tcp port 80", "TRACE"},
		[]string{"tcpdump", "-Z", "root", "-w", "DIR/peer.pcap", "-r", "TRACE", "tcp port 80"}, "<= 0.5"},
	{"pairs exact", []string{"reef/pairs", "-n", "10", "LIST"}, []string{"sh", "-c", pipeline}, "<= 0.1"},
	{"pairs exact, all", []string{"reef/pairs", "-n", "0", "LIST"}, []string{"sh", "-c", pipeline}, "<= 0.1"},
	{"pairs exact, memory", []string{"reef/pairs", "-n", "10", "LIST"}, []string{"perl", "-e", perlTop, "LIST"}, "MB <= 0.33"},
	{"pairs xor16", []string{"reef/pairs", "-method", "xor16", "-n", "10", "LIST"}, []string{"reef/pairs", "-n", "10", "LIST"}, "<= 0.25"},
	{"pairs xor16, all", []string{"reef/pairs", "-method", "xor16", "-n", "0", "LIST"}, []string{"reef/pairs", "-n", "0", "LIST"}, "<= 0.25"},
}
