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

# p ARG ...: one ping from ha; what it says is in $W/p
p()
{
	on ha ping6 -c 1 -w 1 "$@" >"$W/p" 2>&1
}

# says TEXT ARG ...: it is not answered, but commented upon
says()
{
	text=$1
	shift
	p "$@" && fail "ping6 $*: it arrives"
	grep -q "$text" "$W/p" || {
		fail "ping6 $*: no \"$text\":"
		cat "$W/p"
	}
}

p $net:2::2 && grep -q 'hlim=62 ' "$W/p" || fail "hlim is not 62"
on hb ping6 -q -c 1 -w 1 $net:1::2 >/dev/null || fail "no way back"

# whole, and cut to 1280 by default
lost=$(on ha sh -c 'for n; do
	ping6 -q -c 1 -w 2 -s $n 2001:db8:2::2 >/dev/null || echo $n
    done' sh $(seq 0 97 1200) $(seq 1225 1240) $(seq 1300 331 9000) 65527)
[ -z "$lost" ] || fail "lost:" $lost

# up to the path MTU without fragments, which has to be learned
says 'Packet too big (mtu 1400)' -D -s 1353 $net:2::2
p -D -s 1352 $net:2::2 || fail "1400 bytes do not arrive"
says 'Message too long' -D -s 1353 $net:2::2
p -m -s 1353 $net:2::2 || fail "no fragments of 1400 bytes"
on ha route -n get -inet6 $net:2::2 | grep -q 1400 ||
    on ha netstat -rn -f inet6 | grep "^$net:2::2 " | grep -q 1400 ||
    fail "ha has not learned the path MTU"

says "from $net:1::1: Hop limit exceeded" -h 1 $net:2::2
says "from $net:f::2: Hop limit exceeded" -h 2 $net:2::2
says "from $net:1::1: No Route to Destination" $net:3::1
on hb route -q add -inet6 $net:3::/64 $net:2::1
[ "$(counter ha 'fragments\{0,1\} received' -p ip6)" -gt 100 ] ||
    fail "ha has not received 100 fragments"
[ "$(counter ha 'fragments\{0,1\} dropped' -p ip6)" = 0 ] ||
    fail "fragments were dropped"
verdict
