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


# What ifconfig says of the link is so: at each step of the life of a tunnel,
# whoever ends it.

. ./live.sh

# is STATUS NAME what
is()
{
	on "$2" ifconfig sec0 | grep -q "status: $1\$" ||
	    fail "$3: $2 is not $1: $(on "$2" ifconfig sec0)"
}

becomes()
{
	await 10 eval "on $2 ifconfig sec0 | grep -q 'status: $1\$'" ||
	    fail "$3: $2 does not become $1: $(report "$2")"
}

# both_are STATUS what
both_are()
{
	becomes "$1" ga "$2"
	becomes "$1" gb "$2"
}

conn=from-sec0-to-sec0
short='main lifetime 60 quick lifetime 6'
pair
run ga
for m in ga gb; do
	is down $m "nothing known"
done
rule gb 0 passive "$short" | conf gb
rule ga 0 active "$short" | conf ga
load ga
sleep 0.5
is down ga "nobody there"
run gb
load gb
both_are active "negotiated"
through || fail "nothing comes through"

cmd ga "t $conn"
both_are down "t"
[ -z "$(on ga ipsecctl -s sa)" ] || fail "t leaves $(on ga ipsecctl -s sa)"
sleep 0.7
is down ga "t is for good"
cmd ga "c $conn"
both_are active "c"

# the peer's delete; who is active begins again
before=$(grep -c "$conn: down" "$W/ga.isakmpd")
cmd gb "t $conn"
await 5 eval "[ \$(grep -c '$conn: down' '$W/ga.isakmpd') -gt $before ]" ||
    fail "gb: t: ga is not told"
both_are active "gb: t"

before=$(grep -c "$conn: down" "$W/gb.isakmpd")
cmd ga T
await 5 eval "[ \$(grep -c '$conn: down' '$W/gb.isakmpd') -gt $before ]" ||
    fail "ga: T: gb is not told"
becomes down ga "T"
[ -z "$(sas ga | grep -v 'No SAs')" ] || fail "T leaves $(sas ga)"
cmd ga "c $conn"
both_are active "c after T"

# a rule is taken away, and comes back
load ga -d
both_are down "ipsecctl -d"
load ga
both_are active "ipsecctl -f again"

# one end without a daemon: by the kernel; the other without a peer
kill_daemon gb all
[ "$(on ga ipsecctl -s sa | wc -l)" -ge 2 ] || fail "no SAs to expire"
is active gb "SAs of a daemon that is dead"
both_are down "expired"
[ -z "$(on gb ipsecctl -s sa)" ] || fail "expired: $(on gb ipsecctl -s sa)"
run gb
load gb
both_are active "back again"
through || fail "nothing comes through in the end"
undaemon ga
becomes down gb "goodbye"
undaemon gb
verdict
