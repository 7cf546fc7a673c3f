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


# A peer that dies without a word is found out by asking, from both ends:
# after a minute at most there is no link, and once it is there again there is.
# marks: long

. ./live.sh

pair
for m in ga gb; do
	rule $m 0 dynamic "srcid $m.test dstid $(echo ga gb | sed "s/$m//;
	    s/ //").test" | conf $m
done
begin dynamic
report ga >"$W/report"
says "$W/report" '^[1-9].*messages sent'
sleep 12
[ "$(stat ga 'dead peer probes sent')" -gt 0 ] || fail "nobody asks"
active ga sec0 && active gb sec0 || fail "asking ends it"
"$HUB" -C "$W/wire.ctl" cut
for m in ga gb; do
	await 25 eval "! active $m sec0" || fail "$m has link"
	says "$W/$m.isakmpd" 'does not answer any more (dead peer detection)'
	[ -z "$(on $m ipsecctl -s sa | grep .)" ] || fail "$m has SAs"
done
"$HUB" -C "$W/wire.ctl" join
await 20 eval 'active ga sec0 && active gb sec0' || fail "it does not come back"
await 5 through || fail "nothing comes through"
undaemon ga
undaemon gb
verdict
