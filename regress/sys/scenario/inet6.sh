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


# inet6.sh: two hosts and two routers between them that speak IPv6 alone:
# packets of every size arrive, whole or in fragments, and routers tell of
# those that do not.

. ../../lib/lib.sh

# ha 2001:db8:1::2 -- ga ::1, 2001:db8:f::1 == 2001:db8:f::2 gb -- hb
net=2001:db8
hub wire "$W/wa" "$W/wb"
machine ga um0=wire:"$W/wa" um1=wire:"$W/la"
machine gb um0=wire:"$W/wb" um1=wire:"$W/lb"
machine ha um0=wire:"$W/la"
machine hb um0=wire:"$W/lb"
booted

address()
{
	on "$1" sh -ec "sysctl -q net.inet6.ip6.dad_count=0
	    shift
	    while [ \$# -gt 0 ]; do
		ifconfig \$1 inet6 $net:\$2/64
		shift 2
	    done" sh "$@"
}

address ha um0 1::2
address hb um0 2::2
address ga um0 f::1 um1 1::1
address gb um0 f::2 um1 2::1
on ha route -q add -inet6 default $net:1::1
on hb route -q add -inet6 default $net:2::1
for m in ga gb; do
	on $m sysctl -q net.inet6.ip6.forwarding=1
	on $m ifconfig um0 mtu 1400
done
on ga route -q add -inet6 $net:2::/64 $net:f::2
on gb route -q add -inet6 $net:1::/64 $net:f::1
await 10 on ha ping6 -q -c 1 -w 1 $net:2::2 || fail "nothing comes through"

# says FILE TEXT MACHINE ARG ...: a ping is not answered, but commented upon
says()
{
	file=$W/$1 text=$2 name=$3
	shift 3
	on "$name" ping6 -c 1 -w 1 "$@" >"$file" 2>&1 &&
	    fail "ping6 $*: it arrives"
	grep -q "$text" "$file" || {
		fail "ping6 $*: no \"$text\":"
		cat "$file"
		return 1
	}
}

on ha ping6 -c 1 -w 1 $net:2::2 | grep -q 'hlim=62 ' ||
    fail "hlim is not 62"
on hb ping6 -q -c 1 -w 1 $net:1::2 >/dev/null || fail "no way back"

# these wait for an answer that does not come, so they wait together
big='Packet too big (mtu 1400)'
waiting=
says 1 "from $net:1::1: $big" ha -D -s 1353 $net:2::2 &
waiting="$waiting $!"
says 2 "from $net:2::1: $big" hb -D -s 1400 $net:1::2 &
waiting="$waiting $!"
says 3 "from $net:1::1: Hop limit exceeded" ha -h 1 $net:2::2 &
waiting="$waiting $!"
says 4 "from $net:f::2: Hop limit exceeded" ha -h 2 $net:2::2 &
waiting="$waiting $!"
says 5 "from $net:1::1: No Route to Destination" ha $net:3::1 &
waiting="$waiting $!"
for i in $waiting; do
	wait "$i" || failed=1
done

# whole, and cut to 1280 by default
lost=$(on ha sh -c 'for n; do
	ping6 -q -c 1 -w 2 -s $n 2001:db8:2::2 >/dev/null || echo $n
    done' sh $(seq 0 97 1200) $(seq 1225 1240) $(seq 1300 331 9000) 65527)
[ -z "$lost" ] || fail "lost:" $lost

# both know the path MTU now
on ha ping6 -q -D -c 1 -w 1 -s 1352 $net:2::2 >/dev/null ||
    fail "1400 bytes do not arrive"
says 6 'Message too long' ha -D -s 1353 $net:2::2
on ha ping6 -q -m -c 1 -w 1 -s 1353 $net:2::2 >/dev/null ||
    fail "no fragments of 1400 bytes"
on ha netstat -rn -f inet6 | grep "^$net:2::2 .* 1400 " >/dev/null ||
    fail "ha has not learned the path MTU"
[ "$(counter ha 'fragments received' -p ip6)" -gt 100 ] ||
    fail "ha has not received 100 fragments"
[ "$(counter ha 'fragments dropped (' -p ip6)" = 0 ] ||
    fail "fragments were dropped"
verdict
