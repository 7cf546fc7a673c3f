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

# marks: S4

# IPv6 neighbours on a wire: an address that is taken is not used, the other
# end is found, by link-local addresses, too, and routes lead through it; and
# the same through a tunnel that has IPv4 outside.

. ../../lib/lib.sh

machine a um0=wire:"$W/w"
machine b um0=wire:"$W/w"
booted

# ours NAME ADDRESS [interface]: it is there, and not in doubt
ours()
{
	on "$1" ifconfig "${3:-um0}" inet6 | grep " $2 " | grep -qv tentative
}

# ll NAME interface: its link-local address, without a scope
ll()
{
	on "$1" ifconfig "$2" inet6 |
	    sed -n 's/.*inet6 \(fe80:[^%]*\)%.*/\1/p'
}

pings()
{
	on "$1" ping6 -q -n -c 2 -i 0.01 -w 2 "$2" >"$W/ping" 2>&1 ||
	    fail "$1 does not reach $2: $(cat "$W/ping")"
}

# state NAME ADDRESS: "link-address state" of a neighbour
state()
{
	on "$1" ndp -n "$2" |
	    awk -v a="$2" '$1 == a && $2 != "--" { print $2, $5 }'
}

on a ifconfig um0 192.0.2.1/24
on b ifconfig um0 192.0.2.2/24
tunnel 0 a 192.0.2.1 b 192.0.2.2
on a ifconfig sec0 | grep -q inet6 && fail "IPv6 that nobody asked for"
on a ifconfig sec0 inet6 2001:db8:1::a 2001:db8:1::b
on a ifconfig um0 inet6 2001:db8::a
ours a 2001:db8::a && fail "ours before anybody was asked"
await 5 ours a 2001:db8::a || fail "still tentative"
await 5 ours a 2001:db8:1::a sec0 || fail "sec0: still tentative"
on b ifconfig sec0 inet6 2001:db8:1::b 2001:db8:1::a
on b ifconfig sec0 inet6 2001:db8:1::a/128
on b ifconfig um0 inet6 2001:db8::b
on b ifconfig um0 inet6 2001:db8::a
await 5 ours b 2001:db8::b || fail "b has no address"
on b ifconfig um0 | grep 2001:db8::a | grep -q duplicated ||
    fail "a duplicate: $(on b ifconfig um0 inet6)"
await 5 ours b 2001:db8:1::b sec0 || fail "sec0 of b has no address"
on b ifconfig sec0 | grep 2001:db8:1::a | grep -q duplicated ||
    fail "a duplicate in the tunnel: $(on b ifconfig sec0 inet6)"
[ "$(on b sysctl -n net.inet6.ip6.dad_pending)" -eq 0 ] ||
    fail "addresses are pending"

pings a 2001:db8::b
mac=$(on b ifconfig um0 | awk '$1 == "lladdr" { print $2 }')
[ "$(state a 2001:db8::b)" = "$mac R" ] ||
    fail "the neighbour: $(on a ndp -an)"
for i in um0 sec0; do
	pings a "$(ll b $i)%$i"
	pings b "$(ll a $i)%$i"
done
pings a 2001:db8:1::b

# behind b, by a router that has no address but its link-local one
on b ifconfig lo1 create
on b ifconfig lo1 inet6 2001:db8:2::1/64
on a route -qn add -inet6 2001:db8:2::/64 "$(ll b um0)%um0"
pings a 2001:db8:2::1
on a route -qn delete -inet6 2001:db8:2::/64
on a route -qn add -inet6 2001:db8:2::/64 "$(ll b sec0)%sec0"
pings a 2001:db8:2::1
[ -z "$(state b 2001:db8:1::a)" ] || fail "neighbours on a line"

[ "$(on a netstat -s -p nd6 | awk '/found to be taken/ { print $1 }')" = 0 ] ||
    fail "a has found a duplicate"
verdict
