#!/bin/sh
# Copyright (c) 2026 The um project
#
# Permission to use, copy, modify, and distribute this software for any
# purpose with or without fee is hereby granted, provided that the above
# copyright notice and this permission notice appear in all copies.
#
# THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
# WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
# MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
# ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
# WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
# ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
# OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.

# tap.sh ping|mtu|tcp: the host's own stack at both ends of a tunnel.  Two
# network namespaces of the host are the networks behind the gateways of
# share/examples/s2s, each with its gateway's tap(4) as its only way out.
#
#	near -[tap0]- customer ==[hub]== internet == provider -[tap0]- far
#
# marks: root

set -u
: "${TOP:=../../..}" "${CONF:=GENERIC}" "${W:?scratch directory}"
examples=$TOP/share/examples/s2s
lib=$TOP/regress/lib/$CONF
bsd=$TOP/sys/arch/um/compile/$CONF/bsd
near=umnear.$$
far=umfar.$$
pids=

fail()
{
	echo "$*"
	for m in internet customer provider; do
		echo "-- $m"
		cat "$W/$m.log" "$W/$m/console"
		"$bsd" -a "$W/$m" -- netstat -i
	done 2>&1
	exit 1
}

skip()
{
	echo "$*"
	exit 77
}

finish()
{
	for p in $pids; do
		kill "$p" 2>/dev/null
		wait "$p" 2>/dev/null
	done
	ip netns del $near 2>/dev/null
	ip netns del $far 2>/dev/null
}

# await COMMAND ...: until it is true, at most 30 seconds
await()
{
	for i in $(seq 300); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	fail "waited in vain for: $*"
}

at_near()
{
	ip netns exec $near "$@"
}

at_far()
{
	ip netns exec $far "$@"
}

# start COMMAND ...: in the background; its process is ours to end, before
# those that were there already
start()
{
	"$@" &
	pids="$! $pids"
}

# machine NAME [-in NAMESPACE] umN=BACKEND ...: boot it from its folder
machine()
{
	name=$1
	shift
	ns=
	if [ "$1" = -in ]; then
		ns="ip netns exec $2"
		shift 2
	fi
	mkdir -p "$W/etc/$name"
	install -m 600 "$examples/$name"/* "$W/etc/$name" || exit 1
	start $ns "$bsd" -D -d "$W/$name" -e "$W/etc/$name" "$@" \
	    >"$W/$name.log" 2>&1
}

# The host's side of a tap: network namespace, own address, gateway.
host()
{
	await ip -n "$1" link show tap0
	ip -n "$1" addr add "$2" dev tap0 &&
	ip -n "$1" link set tap0 up &&
	ip -n "$1" route add default via "$3" ||
	    fail "the host's tap0 in $1 cannot be configured"
}

# Whether iked(8) has made it, as far as this gateway knows.
tunnel()
{
	"$bsd" -a "$W/$1" -- ifconfig sec0 | grep -q 'status: active'
}

build()
{
	start "$lib/hub" -w "$W/wire.pcap" "$W/wire-c" "$W/wire-i" \
	    >"$W/hub.log" 2>&1
	machine internet um0=wire:"$W/wire-i" um1=wire:"$W/wire-p"
	machine provider -in $far um0=wire:"$W/wire-p" um1=tap:tap0
	await test -e "$W/internet/up"
	await test -e "$W/provider/up"
	# who begins to negotiate comes last, and need not try again
	machine customer -in $near um0=wire:"$W/wire-c" um1=tap:tap0
	await test -e "$W/customer/up"
	host $near 10.1.0.10/24 10.1.0.1
	host $far 10.2.0.10/24 10.2.0.1
	for m in customer provider; do
		await tunnel $m
	done
}

# What the hub saw of it: $1 ESP packets or more, and nothing in the clear.
sealed()
{
	"$lib/pcapls" "$W/wire.pcap" >"$W/wire.txt" ||
	    fail "the pcap cannot be read"
	# before iked runs, an answer may say that it does not
	! sed '1,/IKE_SA_INIT request/{/ IP [^ ]* > [^ ]* proto 1 /d}' \
	    "$W/wire.txt" | grep -v -e ' ARP ' \
	    -e ' \(IKE\|ESP\) 192.0.2.8 > 198.51.100.14 ' \
	    -e ' \(IKE\|ESP\) 198.51.100.14 > 192.0.2.8 ' ||
	    fail "that should not be on the wire"
	n=$(grep -c ' ESP ' "$W/wire.txt")
	[ "$n" -ge "$1" ] || fail "$n ESP packets, not $1 or more"
}

case_ping()
{
	at_near ping -n -c 5 -i 0.2 -W 10 10.2.0.10 >"$W/ping" 2>&1 ||
	    fail "$(cat "$W/ping")"
	cat "$W/ping"
	grep -q '^5 packets transmitted, 5 received' "$W/ping" ||
	    fail "lost some"
	# of three routers two are seen: one is below the tunnel
	grep -q 'from 10.2.0.10: icmp_seq=5 ttl=62 ' "$W/ping" ||
	    fail "they did not come by the tunnel"
	sealed 10
}

case_mtu()
{
	at_near ping -n -M do -s 1252 -c 1 -W 10 10.2.0.10 ||
	    fail "1280 bytes do not fit"
	at_near ping -n -M do -s 1253 -c 1 -W 10 10.2.0.10 >"$W/ping" 2>&1
	cat "$W/ping"
	grep -q 'From 10.1.0.1 .*Frag needed.*mtu = 1280' "$W/ping" ||
	    fail "nobody said that 1281 bytes do not fit"
	at_near ping -n -M dont -s 6000 -c 1 -W 10 10.2.0.10 ||
	    fail "6028 bytes in fragments do not come back"
	sealed 12
}

# A megabyte there and back; TCP finds out the MTU of the tunnel by itself.
case_tcp()
{
	command -v python3 >/dev/null || skip "needs python3"
	cat >"$W/tcp.py" <<-'EOF'
	import os, socket, sys, threading

	LEN = 1 << 20

	def echo(path):
	    s = socket.create_server(("10.2.0.10", 7))
	    open(path, "w").close()
	    c, _ = s.accept()
	    while data := c.recv(65536):
	        c.sendall(data)

	def send(path):
	    sent, got = os.urandom(LEN), b""
	    c = socket.create_connection(("10.2.0.10", 7), 20)
	    threading.Thread(target=c.sendall, args=(sent,)).start()
	    while len(got) < LEN and (data := c.recv(65536)):
	        got += data
	    if got != sent:
	        sys.exit("%d of %d bytes came back" % (len(got), LEN))

	{"echo": echo, "send": send}[sys.argv[1]](sys.argv[2])
	EOF
	start at_far python3 "$W/tcp.py" echo "$W/listens"
	await test -e "$W/listens"
	at_near python3 "$W/tcp.py" send - || fail "TCP did not get through"
	sealed 1600
}

command -v ip >/dev/null || skip "needs ip(8) of iproute2"
[ -c /dev/net/tun ] || skip "needs /dev/net/tun"
trap finish EXIT
trap 'exit 1' HUP INT TERM
ip netns add $near 2>"$W/netns" && ip netns add $far 2>"$W/netns" ||
    skip "needs network namespaces: $(cat "$W/netns")"
build
"case_$1"
