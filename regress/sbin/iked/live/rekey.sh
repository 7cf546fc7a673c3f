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


# Rekeying under traffic on a wire that loses and reorders, started by either
# end: all that is lost was lost by the wire.  Packets are counted where they
# go into the tunnels, where ESP leaves and arrives, and where they come out.

. ./live.sh

want=$((40 * N)) n=24 life=12
[ "$FULL" = 0 ] || want=$((1000 * N)) n=60

rekeys()
{
	sas "$1" 'sum(x["rekeys"] for x in s if x["state"] == "ESTABLISHED")'
}

enough()
{
	sleep 0.5
	[ "$(rekeys ga)" -ge "$want" ]
}

units=$(seq 0 $((n - 1)))
pair $units
for u in $units; do
	# some renew IKE itself, too
	times="lifetime $life"
	[ $((u % 4)) -ne 0 ] || times="ikelifetime 8 $times"
	policy ga "$u" '' "$times"
done | conf ga
for u in $units; do
	policy gb "$u" '' "lifetime $life"
done | conf gb
secs=$(echo "$units" | sed 's/^/sec/')
daemon gb -v
daemon ga -v
up ga $secs
up gb $secs

"$HUB" -C "$W/wire.ctl" loss 2
"$HUB" -C "$W/wire.ctl" reorder 5
for u in $units; do
	pinger "$u" 0.05
done
limit=40
[ "$FULL" = 0 ] || limit=500
await $limit enough || fail "$(rekeys ga) rekeys instead of $want"
all=0
for u in $units; do
	pinged "$u"
	all=$((all + sent))
done
if ! await 5 accounted; then
	fail "packets vanish beside the wire:"
	echo "sent, ESP out, ESP in, request, reply, ESP out, in, reply: " \
	    "$places"
	for m in ga gb; do
		on $m netstat -s -p esp | grep -v '	0 '
	done
fi
[ "$lost" -gt 0 ] && [ "$lost" -le "$(hubsum lost)" ] ||
    fail "$lost lost, $(hubsum lost) of them by the wire"
for what in full down bad; do
	[ "$(hubsum $what)" -eq 0 ] || fail "hub: $(hubsum $what) $what"
done
for m in ga gb; do
	grep -q 'send CREATE_CHILD_SA req' "$W/$m.iked" ||
	    fail "$m has started no rekeying"
	[ "$(sas $m 'sum(x["state"] == "ESTABLISHED" for x in s)')" -eq $n ] ||
	    fail "$m: not $n tunnels"
done
[ "$(stat ga sas_rekeyed)" -gt 0 ] || fail "no IKE SA was rekeyed"
echo "$(rekeys ga) rekeys, $all sent, $lost lost"
verdict
