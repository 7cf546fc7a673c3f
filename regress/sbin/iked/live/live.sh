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


# live.sh: two gateways that negotiate; sourced.
#
#	ga 192.0.2.1 ==[wire]== 192.0.2.2 gb
#
#	pair [UNIT ...]		boot them, with sec0 or these: secN has
#				169.254.N.1 at ga and .2 at gb
#	conf NAME [text ...]	its iked.conf, each text a line, or stdin
#	policy NAME UNIT [transforms [times]]	its line for secUNIT
#	both [transforms [times]]	one policy, active at ga, passive at gb
#	sas NAME expression	of python3, about s, which is "show sa" in JSON
#	stat NAME counter	of "show stats"
#	through [N]		ga pings gb through secN
#	pinger UNIT [interval]	ping there until pinged, which says how many
#	pinged UNIT		were $sent and $lost
#	says FILE text		it is there, before long
#	one_pair NAME [N]	the kernel has N (1) pairs of SAs, no more
PSK=mekmitasdigoat
. ../../../lib/lib.sh

pair()
{
	hub wire "$W/wa" "$W/wb" ${WIRES:-}
	machine ga um0=wire:"$W/wa"
	machine gb um0=wire:"$W/wb"
	booted
	addresses ga 1 2 "$@"
	addresses gb 2 1 "$@"
}

# addresses NAME own other [UNIT ...]
addresses()
{
	name=$1 a=$2 b=$3
	shift 3
	on "$name" sh -ec 'a=$1 b=$2
	shift 2
	ifconfig um0 192.0.2.$a/24 up
	for u; do
		ifconfig sec$u create
		ifconfig sec$u 169.254.$u.$a/30 169.254.$u.$b up
	done' - "$a" "$b" "${@:-0}"
}

conf()
{
	name=$1
	shift
	if [ $# -gt 0 ]; then
		printf '%s\n' "$@"
	else
		cat
	fi >"$W/etc/$name/iked.conf"
}

policy()
{
	case $1 in
	ga)	mode=active a=1 b=2 me=a it=b ;;
	gb)	mode=passive a=2 b=1 me=b it=a ;;
	esac
	echo "ikev2 \"s$2\" $mode from any to any local 192.0.2.$a" \
	    "peer 192.0.2.$b ${3:-} srcid $me$2.test dstid $it$2.test" \
	    "${4:-} psk \"$PSK$2\" iface sec$2"
}

both()
{
	for m in ga gb; do
		policy $m 0 "$@" | conf $m
	done
}

sas()
{
	on "$1" ikectl -j show sa | python3 -c '
import json, sys
s = json.load(sys.stdin)["sas"]
print(eval(sys.argv[1]))' "$2"
}

stat()
{
	on "$1" ikectl -j show stats | python3 -c '
import json, sys
print(json.load(sys.stdin)[sys.argv[1]])' "$2"
}

through()
{
	on ga ping -q -c 3 -i 0.02 -w 1 "169.254.${1:-0}.2" >/dev/null
}

pinger()
{
	start ga ping -q -i "${2:-0.02}" -c 10000000 -w 1 "169.254.$1.2" \
	    >"$W/ping.$1" 2>&1
	echo $started >"$W/ping.$1.pid"
}

pinged()
{
	p=$(cat "$W/ping.$1.pid")
	kill -INT "$p"
	wait "$p"
	sent=$(sed -n 's/ packets transmitted.*//p' "$W/ping.$1")
	lost=$((sent - $(sed -n 's/.*transmitted, \([0-9]*\) .*/\1/p' \
	    "$W/ping.$1")))
	# the last one may be under way
	[ $lost -ne 1 ] || lost=0
}

says()
{
	await 10 grep -q -e "$2" "$1" && return
	fail "${1##*/} does not say: $2"
}

pairs()
{
	[ "$(on "$1" ipsecctl -s sa | wc -l)" -eq $((2 * $2)) ]
}

one_pair()
{
	await 20 pairs "$1" "${2:-1}" && return
	fail "$1 has other SAs than ${2:-1} pair: $(on "$1" ipsecctl -s sa)"
}
