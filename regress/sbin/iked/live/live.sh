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


# live.sh: two gateways that negotiate by iked(8), as gates.sh boots them;
# sourced.
#
#	conf NAME [text ...]	its iked.conf, each text a line, or stdin
#	policy NAME UNIT [transforms [times]]	its line for secUNIT
#	both [transforms [times]]	one policy, active at ga, passive at gb
#	sas NAME expression	of python3, about s, which is "show sa" in JSON
#	stat NAME counter	of "show stats"
PSK=mekmitasdigoat
. ../../../lib/gates.sh

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
