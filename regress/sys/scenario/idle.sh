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


# Memory: of an idle kernel, and of an interface with its two SAs, of which
# there are 10,000, created by one process and keyed from one file.

. ../../lib/lib.sh

[ "$CONF" = GENERIC ] || {
	echo "sanitizers have memory of their own"
	exit 77
}

kib()
{
	sed -n 's/^VmRSS:[	 ]*\([0-9]*\) kB$/\1/p' \
	    "/proc/$(cat "$W/m.pid")/status"
}

units=$(pwd)/$CONF/units
n=10000
machine m um0=inject:
booted
on m ifconfig um0 192.0.2.1/24
idle=$(kib)
echo "idle: $idle KiB"
[ "$idle" -lt 32768 ] || fail "an idle kernel has $idle KiB"

awk -v n=$n 'BEGIN {
	k = "0x00112233445566778899aabbccddeeff"
	k2 = k "00112233445566778899aabbccddeeff"
	for (i = 0; i < n; i++)
		printf("esp from 192.0.2.1 to 192.0.2.2 spi %d:%d " \
		    "authkey %s:%s enckey %s:%s interface sec%d\n",
		    4096 + 2 * i, 4097 + 2 * i, k2, k2, k, k, i)
}' >"$W/conf"
on m "$units" create $n || fail "no $n interfaces"
created=$(kib)
on m ipsecctl -f "$W/conf" || fail "no keys"
keyed=$(kib)
echo "interface: $(((created - idle) * 1024 / n)) bytes," \
    "two SAs: $(((keyed - created) * 1024 / n))"
each=$(((keyed - idle) * 1024 / n))
[ $each -lt 16384 ] || fail "an interface with its SAs costs $each bytes"
# all of them are really there
[ "$(on m netstat -in | grep -c '^sec[0-9]* .*<Link>')" -eq $n ] ||
    fail "not all interfaces are listed"
[ "$(on m ipsecctl -s sa | wc -l)" -eq $((2 * n)) ] || fail "SAs are missing"
for unit in 0 $((n / 2)) $((n - 1)); do
	on m ifconfig sec$unit | grep -q 'status: active' ||
	    fail "sec$unit is not active"
done
on m "$units" destroy $n || fail "not all can be destroyed"
on m netstat -in | grep '^sec' && fail "some are left"
on m ipsecctl -F
on m "$units" create 10 && on m "$units" destroy 10 ||
    fail "no more can be made"
verdict
