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


# B22: 10,000 half-written PF_KEY messages, listeners that do not read, and
# full sockets: each is refused or told, nothing is kept, and all the while
# the tunnel carries.
# marks: mp S6 I3

OPTS="-j 2"
. ../../lib/lib.sh

rss()
{
	sed -n 's/^VmRSS:[	 ]*\([0-9]*\) kB$/\1/p' \
	    "/proc/$(cat "$W/ga.pid")/status"
}

descriptors()
{
	ls "/proc/$(cat "$W/ga.pid")/fd" | wc -l
}

settled()
{
	[ "$(descriptors)" -le "$idle" ]
}

keysocket=$(pwd)/$CONF/keysocket
gateways
on ga "$keysocket" half 100 || fail "half-written messages"
idle=$(descriptors)
before=$(rss)
load 0.01
on ga "$keysocket" half 10000 || fail "half-written messages"
after=$(rss)
[ "$CONF" != GENERIC ] || [ $((after - before)) -lt 1024 ] ||
    fail "half-written messages cost $((after - before)) KiB"
[ "$(on ga ipsecctl -s sa | wc -l)" -eq 2 ] || fail "the SAs have changed"
unload
[ "$sent" -gt 5 ] && [ $lost -eq 0 ] || fail "$lost of $sent packets lost"

# These flush.
on ga "$keysocket" slow 20000 || fail "slow reader"
# One of many that never reads, and dies.
for i in 1 2 3 4 5 6 7 8; do
	start ga ipsecctl -m >/dev/null 2>&1
	kill -STOP "$started"
done
on ga "$keysocket" slow 20000 || fail "slow reader among others"
for p in $clients; do
	kill -KILL "$p" 2>/dev/null
	wait "$p" 2>/dev/null
done
await 5 settled || fail "$(descriptors) descriptors, $idle before"
keys 0
await 5 on ha ping -q -c 1 -w 1 10.2.0.2 || fail "new keys do not help"
verdict
