#!/bin/bash
# Records the captures of this directory anew. Two network namespaces stand for two hosts; path.py between them delays, loses and
# reorders frames, and traffic.py runs the programs at both ends. What is recorded is what Linux's own TCP, UDP and ICMP send.
#
# Needs root, iproute2, ethtool, ping, tcpdump, python3, and editcap and mergecap (of Wireshark).
# Timing and ports differ from run to run, so the captures do too; tests that know numbers must be changed with them.
set -euo pipefail
cd "$(dirname "$0")"
A=reef-$$-a M=reef-$$-m B=reef-$$-b # client, path, server
started=()

finish() {
	for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
	for ns in $A $M $B; do ip netns del $ns 2>/dev/null || true; done
}
trap finish EXIT

in_background() {
	"$@" &
	started+=($!)
}

for ns in $A $M $B; do
	ip netns add $ns
	ip -n $ns link set lo up
done
wait_for() { # COMMAND...: until it succeeds
	for try in {1..100}; do
		if "$@" >/dev/null 2>&1; then return; fi
		sleep 0.1
	done
	echo "record.sh: waited in vain for: $*" >&2
	return 1
}

ip link add a0 netns $A address 02:00:00:00:00:0a type veth peer name m0 netns $M
ip link add b0 netns $B address 02:00:00:00:00:0b type veth peer name m1 netns $M
for where in $A/a0 $M/m0 $M/m1 $B/b0; do
	ip netns exec ${where%/*} sysctl -qw net.ipv6.conf.${where#*/}.router_solicitations=0
	ip netns exec ${where%/*} ethtool -K ${where#*/} tx off tso off gso off gro off >/dev/null # real packets and checksums
	ip -n ${where%/*} link set ${where#*/} up
done
ip -n $A addr add 10.20.0.1/24 dev a0
ip -n $B addr add 10.20.0.2/24 dev b0
ip -n $A addr add 2001:db8:20::1/64 dev a0 nodad
ip -n $B addr add 2001:db8:20::2/64 dev b0 nodad
ip -n $A neigh add 10.20.0.98 lladdr 02:00:00:00:00:98 dev a0 # nobody there
ip -n $A neigh add 10.20.0.99 lladdr 02:00:00:00:00:99 dev a0

relay=
path() { # DELAY_MS LOSS_PERCENT REORDER_PERCENT
	if [ -n "$relay" ]; then
		kill $relay
		wait $relay 2>/dev/null || true
	fi
	in_background ip netns exec $M python3 path.py relay m0 m1 1 "$@"
	relay=$!
	wait_for ip netns exec $A ping -q -c 1 -W 1 10.20.0.2
}

record() { # FILE SNAP COMMAND...: runs COMMAND at the client while its interface is recorded
	local file=$1 snap=$2
	shift 2
	rm -f "$file"
	ip netns exec $A tcpdump -q -Z root -i a0 -s "$snap" -w "$file" --immediate-mode -U $precision 2>/dev/null &
	local pid=$!
	started+=($pid)
	wait_for test -s "$file" # the file header: tcpdump listens
	sleep 0.2
	ip netns exec $A "$@" >/dev/null || true
	sleep 1
	kill -INT $pid
	wait $pid || true
}
precision=

traffic() { # FILE SNAP SCENE
	record "$1" "$2" python3 traffic.py "$3" "${4:-10.20.0.2}" "${5:-2001:db8:20::2}"
}

pings() { # ADDRESS...
	for address; do ping -q -c 15 -i 0.2 "$address" || true; done
}
export -f pings

in_background ip netns exec $B python3 traffic.py server
path 20 0 0
wait_for ip netns exec $A ping -q -c 1 -W 1 2001:db8:20::2 # fills the neighbour tables, as IPv4's did
wait_for ip netns exec $A bash -c ': </dev/tcp/10.20.0.2/80' # the programs listen

traffic http.pcap 0 http
traffic slow-reader.pcap 96 slow
traffic reset.pcap 0 reset
traffic half-open.pcap 0 halfopen
traffic keepalive.pcap 0 keepalive
traffic fragments.pcap 0 fragments
path 20 10 0
traffic dns-loss.pcap 0 dns
record ping-loss.pcap 0 bash -c 'pings 10.20.0.2 2001:db8:20::2'
path 20 2 1
traffic bulk-loss.pcap 96 bulk
traffic web.pcap 96 web

# Tunnels, over a path without loss.
path 20 0 0
tunnel() { # KIND: recorded into KIND.pcap
	in_background ip netns exec $A python3 path.py tunnel $1 t0 a0 10.20.0.1 10.20.0.2
	local a=$!
	in_background ip netns exec $B python3 path.py tunnel $1 t0 b0 10.20.0.2 10.20.0.1
	local b=$!
	for end in $A/1 $B/2; do
		wait_for ip -n ${end%/*} link show t0
		ip netns exec ${end%/*} sysctl -qw net.ipv6.conf.t0.disable_ipv6=1
		ip -n ${end%/*} link set t0 mtu 1400 up
		ip -n ${end%/*} addr add 10.30.0.${end#*/}/24 dev t0
	done
	traffic $1.pcap 0 small 10.30.0.2
	kill $a $b
	wait $a $b 2>/dev/null || true
}
tunnel vlan
tunnel gre
tunnel ipip

for end in $A/1/a0/2 $B/2/b0/1; do # VXLAN by the kernel
	IFS=/ read -r ns n dev other <<<"$end"
	ip -n $ns link add x0 type vxlan id 42 local 10.20.0.$n remote 10.20.0.$other dstport 4789 dev $dev
	ip netns exec $ns sysctl -qw net.ipv6.conf.x0.disable_ipv6=1
	ip netns exec $ns ethtool -K x0 tx off tso off gso off >/dev/null
	ip -n $ns link set x0 up
	ip -n $ns addr add 10.40.0.$n/24 dev x0
done
traffic vxlan.pcap 0 small 10.40.0.2

# Other formats.
precision=--time-stamp-precision=nano
traffic nano.pcap 0 small
editcap -F pcapng web.pcap web.pcapng
mergecap -F pcapng -I none -w two-interfaces.pcapng dns-loss.pcap ping-loss.pcap
gzip -9 -n -k -f web.pcap
