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

# marks: S10

# Routing daemons meet by multicast: OSPF's hellos and RIPng's packets cross
# a tunnel, for those who have joined the group there, and nobody else.

. ../../lib/lib.sh

mcast=$PWD/$CONF/mcast

hub wire "$W/wa" "$W/wb"
machine ga um0=wire:"$W/wa"
machine gb um0=wire:"$W/wb"
booted
on ga ifconfig um0 192.0.2.1/24
on gb ifconfig um0 192.0.2.2/24
tunnel 0 ga 192.0.2.1 gb 192.0.2.2
on ga sh -ec 'sysctl -q net.inet6.ip6.dad_count=0; ifconfig sec0 inet6 eui64'
on gb sh -ec 'sysctl -q net.inet6.ip6.dad_count=0; ifconfig sec0 inet6 eui64'
local=$(on ga ifconfig sec0 | sed -n 's/.*inet6 \(fe80:[^ ]*\).*/\1/p')
[ -n "$local" ] || fail "sec0 has no link-local address"

for what in ospf ripng; do
	# who has not joined hears nothing
	start gb "$mcast" deaf $what sec0 1 >"$W/deaf" 2>&1
	deaf=$started
	on ga "$mcast" send $what sec0 5 || fail "$what cannot be sent"
	kill $deaf 2>/dev/null
	wait $deaf 2>/dev/null
	[ ! -s "$W/deaf" ] || fail "$what: heard by who has not joined"

	start gb "$mcast" hear $what sec0 3 >"$W/$what.gb" 2>&1
	b=$started
	start ga "$mcast" send $what sec0 1000 >"$W/$what.ga" 2>&1
	wait $b || fail "$what is not heard: $(cat "$W/$what.gb" \
	    "$W/$what.ga")"
	kill $started 2>/dev/null
done
grep -qx 169.254.0.1 "$W/ospf.gb" || fail "OSPF from $(cat "$W/ospf.gb")"
grep -q "^${local%%%*}%sec0$" "$W/ripng.gb" ||
    fail "RIPng from $(cat "$W/ripng.gb"), not $local"

clear=$(clear_text wire)
[ -z "$clear" ] || fail "in the clear: $clear"
verdict
