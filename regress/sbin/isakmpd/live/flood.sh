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


# First messages from everywhere, of those that begin and never go on, and
# nonsense: what the daemon keeps is bounded, and the tunnel that is there is
# rekeyed and loses nothing.

WIRES=$W/wx
. ./live.sh

n=$((10000 * N)) rate=5000
# sanitizers make a slow machine
[ "$CONF" = GENERIC ] || n=$((n / 10)) rate=300

kib()
{
	for p in $(ps -o pid= --ppid "$(cat "$W/gb.isakmpd.pid")"); do
		awk '/^VmRSS:/ { print $2 }' "/proc/$p/status"
	done | awk '{ n += $1 } END { print n }'
}

# flood COUNT KIND
flood()
{
	"../../iked/live/$CONF/flood" "$W/wx" "$mac" 192.0.2.2 192.0.2.9 "$1" \
	    $rate "$2" >"$W/flood" || fail "flood: $(cat "$W/flood")"
	read -r shot none answers <"$W/flood"
	echo "$2: $shot shot, $answers answers, $(kib) KiB"
}

pair 0 1
on gb route -qn add default 192.0.2.9
mac=$(mac gb)
rule ga 0 active | conf ga
{
	rule gb 0 passive
	# anybody else
	rule gb 1 passive "dstid other.test" | sed 's/peer [^ ]*//'
} | conf gb
for m in gb ga; do
	run $m
	cmd $m 'C set [General]:Renegotiate-on-HUP=yes'
	load $m
done
up ga sec0
up gb sec0
through || fail "nothing comes through"
pinger 0

before=$(kib)
flood 600 v1
first=$(kib)
[ "$answers" -gt 0 ] || fail "nobody is answered: $(tail -n 3 "$W/gb.isakmpd")"
[ "$CONF" != GENERIC ] || [ $((first - before)) -lt 8192 ] ||
    fail "from $before to $first KiB"
rekeys=$(stat gb 'pairs of SAs established')
flood $n v1 &
flooder=$!
sleep 1
cmd ga R
wait $flooder
flood $n junk
after=$(kib)
[ "$CONF" != GENERIC ] || [ $((after - first)) -lt 1024 ] ||
    fail "from $first to $after KiB"
[ "$(sas gb | grep -c '^SA phase 1 .* larval')" -le 512 ] ||
    fail "$(sas gb | grep -c larval) SAs of nobody"
await 10 eval "[ \$(stat gb 'pairs of SAs established') -gt $rekeys ]" ||
    fail "not rekeyed: $(report gb | head -n 20)"
pinged 0
[ "$sent" -gt 0 ] && [ $lost -eq 0 ] || fail "$lost pings lost of $sent"
[ "$(wc -l <"$W/gb.isakmpd")" -lt 2000 ] ||
    fail "$(wc -l <"$W/gb.isakmpd") lines of log"

# a peer that begins meanwhile comes through
undaemon ga
flood $((n / 2)) v1 &
flooder=$!
run ga
load ga
up ga sec0
wait $flooder
await 5 through || fail "nothing comes through a new tunnel"
undaemon ga
undaemon gb
verdict
