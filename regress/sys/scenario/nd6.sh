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

# IPv6 neighbours on a wire: an address that is taken is not used, the other
# end is found, by link-local addresses, too, and routes lead through it.

. ../../lib/lib.sh

machine a um0=wire:"$W/w"
machine b um0=wire:"$W/w"
booted

# ours NAME ADDRESS: it is there, and not in doubt
ours()
{
	on "$1" ifconfig um0 inet6 | grep " $2 " | grep -qv tentative
}

# ll NAME: its link-local address, without a scope
ll()
{
	on "$1" ifconfig um0 inet6 | sed -n 's/.*inet6 \(fe80:[^%]*\)%.*/\1/p'
}

pings()
{
	on "$1" ping6 -q -n -c 2 -i 0.01 -w 2 "$2" >"$W/ping" 2>&1 ||
	    fail "$1 does not reach $2: $(cat "$W/ping")"
}

# state NAME ADDRESS: "link-address state" of a neighbour
state()
{
	on "$1" ndp -n "$2" | awk -v a="$2" '$1 == a { print $2, $5 }'
}

on a ifconfig um0 inet6 2001:db8::a
ours a 2001:db8::a && fail "ours before anybody was asked"
await 5 ours a 2001:db8::a || fail "still tentative"
on b ifconfig um0 inet6 2001:db8::b
on b ifconfig um0 inet6 2001:db8::a
await 5 ours b 2001:db8::b || fail "b has no address"
on b ifconfig um0 | grep 2001:db8::a | grep -q duplicated ||
    fail "a duplicate: $(on b ifconfig um0 inet6)"
[ "$(on b sysctl -n net.inet6.ip6.dad_pending)" -eq 0 ] ||
    fail "addresses are pending"

pings a 2001:db8::b
mac=$(on b ifconfig um0 | awk '$1 == "lladdr" { print $2 }')
[ "$(state a 2001:db8::b)" = "$mac R" ] ||
    fail "the neighbour: $(on a ndp -an)"
pings a "$(ll b)%um0"
pings b "$(ll a)%um0"

# behind b, by a router that has no address but its link-local one
on b ifconfig lo1 create
on b ifconfig lo1 inet6 2001:db8:2::1/64
on a route -qn add -inet6 2001:db8:2::/64 "$(ll b)%um0"
pings a 2001:db8:2::1

[ "$(on a netstat -s -p nd6 | awk '/found to be taken/ { print $1 }')" = 0 ] ||
    fail "a has found a duplicate"
verdict
