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


# IKE_SA_INIT from everywhere: the daemon asks for cookies and keeps nothing,
# and the tunnel that is there is rekeyed and carries on.

WIRES=$W/wx
. ./live.sh

n=$((10000 * N)) rate=3000
# sanitizers make a slow machine
[ "$CONF" = GENERIC ] || n=$((n / 10)) rate=300

kib()
{
	for p in $(ps -o pid= --ppid "$(cat "$W/gb.iked.pid")"); do
		awk '/^VmRSS:/ { print $2 }' "/proc/$p/status"
	done | awk '{ n += $1 } END { print n }'
}

flood()
{
	./$CONF/flood "$W/wx" "$mac" 192.0.2.2 192.0.2.9 "$1" $rate \
	    >"$W/flood" || fail "flood: $(cat "$W/flood")"
	read -r shot cookies answers <"$W/flood"
	echo "$shot shot, $cookies cookies, $answers answers, $(kib) KiB"
}

pair 0 1
both '' 'lifetime 4'
on gb route -qn add default 192.0.2.9
echo 'ikev2 "any" from any to any peer any dstid other.test' \
    'psk "something else" iface sec1' >>"$W/etc/gb/iked.conf"
mac=$(on gb ifconfig um0 | sed -n 's/.*lladdr //p')
daemon gb
daemon ga
up ga sec0
up gb sec0
pinger 0

before=$(kib)
flood 500
first=$(kib)
[ "$answers" -gt 0 ] || fail "nobody is answered"
[ "$CONF" != GENERIC ] || [ $((first - before)) -lt 4096 ] ||
    fail "from $before to $first KiB"
rekeys=$(sas gb 's[0]["rekeys"]')
flood $n
# a socket whose reader has to wait for a CPU loses some
[ "$cookies" -gt $((n / 2)) ] ||
    fail "$cookies cookies for $shot, $answers answers"
[ "$(stat gb cookies)" -ge "$cookies" ] ||
    fail "show stats: $(stat gb cookies) cookies"
after=$(kib)
[ "$CONF" != GENERIC ] || [ $((after - first)) -lt 512 ] ||
    fail "from $first to $after KiB"
[ "$(sas gb 's[0]["rekeys"]')" -gt "$rekeys" ] ||
    fail "not rekeyed: $rekeys"
pinged 0
[ "$sent" -gt 0 ] && [ $lost -eq 0 ] || fail "$lost pings lost of $sent"

# who is there can return a cookie
cookies=$(stat gb cookies)
undaemon ga
daemon ga
up ga sec0
up gb sec0
await 5 through || fail "nothing comes through"
[ "$(stat gb cookies)" -gt "$cookies" ] || fail "a peer needs no cookie"
undaemon ga
undaemon gb
verdict
