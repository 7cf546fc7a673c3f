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


# Delete the SAs while traffic runs: nothing goes out in the clear, every
# packet that is lost is counted under its cause, and when there are new SAs
# the traffic goes on by itself.
# marks: mp

OPTS="-j 2"
. ../../lib/lib.sh

# All causes for which a gateway may drop a packet here; their sum.
dropped()
{
	on "$1" sh -c 'netstat -s -p ip; netstat -s -p esp
	    netstat -s -I sec0' | awk '
	/discarded due to no route/ || /for which no TDB was found/ ||
	/attempted to use an invalid TDB/ || /^	.* dropped because/ ||
	/possibly replayed/ { n += $1 }
	END { print n + 0 }'
}

# batch N: that many packets from host to host; how many came back.
batch()
{
	on ha ping -q -c "$1" -i 0.01 -w 1 10.2.0.2 >"$W/ping" 2>&1
	awk '/packets transmitted/ { print $4 }' "$W/ping"
}

gateways
before=$(($(dropped ga) + $(dropped gb)))
[ "$before" -eq 0 ] || fail "$before packets are dropped at once"

# One cause at a time, to the packet.
on ga ipsecctl -d -f "$W/ga.sec0.conf"
on ga ifconfig sec0 | grep -q 'status: down' || fail "the link is not down"
[ "$(batch 20)" -eq 0 ] || fail "packets arrive without an SA"
n=$(counter ga 'output packets* discarded due to no route' -p ip)
[ "$n" -eq 20 ] || fail "link down: 20 packets lost, $n counted"
grep -q 'Host is unreachable\|host unreachable' "$W/ping" || {
	on ha ping -c 1 -w 1 10.2.0.2 >"$W/one" 2>&1
	grep -qi unreachable "$W/one" || fail "ha is not told: $(cat "$W/one")"
}
on ga ifconfig sec0 link0
[ "$(batch 20)" -eq 0 ] || fail "link0: packets arrive without an SA"
n=$(counter ga 'output packets* dropped because there was no SA' -I sec0)
[ "$n" -eq 20 ] || fail "link0: 20 packets lost, $n counted"
keys 0
on gb ipsecctl -F
[ "$(batch 20)" -eq 0 ] || fail "gb lets in what has no SA"
n=$(counter gb 'packets* for which no TDB was found' -p esp)
[ "$n" -eq 20 ] || fail "no SA at gb: 20 packets lost, $n counted"
on ga ipsecctl -F

# Under load, by deletion and by flush, at either end, with and without link0.
keys 0
before=$(($(dropped ga) + $(dropped gb)))
load 0.002
i=0
rounds=$((15 * N))
[ "$FULL" = 0 ] || rounds=$((rounds * 10))
while [ $i -lt $rounds ]; do
	on ga ipsecctl -d -f "$W/ga.sec0.conf"
	keys 0
	on gb ipsecctl -F
	on ga ipsecctl -F
	on ga ifconfig sec0 -link0
	keys 0
	on ga ipsecctl -F
	on ga ifconfig sec0 link0
	keys 0
	i=$((i + 1))
done
# by itself: the same ping gets its answers again
answers=$(replies)
arriving()
{
	[ "$(replies)" -gt $((answers + 50)) ]
}
await 5 arriving || fail "traffic does not go on with the new SAs"
unload
[ "$sent" -gt 200 ] || fail "only $sent packets under load"
counted=$(($(dropped ga) + $(dropped gb) - before))
[ $lost -eq $counted ] || fail "$lost packets lost, $counted counted"
[ $counted -gt 0 ] || fail "nothing was lost: that was no test"

clear=$(clear_text wire)
[ -z "$clear" ] || fail "in the clear: $clear"
[ "$(esp_frames wire)" -gt 100 ] || fail "the wire was not recorded"
verdict
