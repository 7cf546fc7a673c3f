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


# Through a NAT, which forgets its ports now and then: who is behind it finds
# out, the other one follows.
#
#	ga 10.0.0.1 ==[inside]== nat 192.0.2.9 ==[wire]== 192.0.2.2 gb

. ./live.sh

behind ga
{
	echo 'set dpd_check_interval 2'
	policy ga 0 | sed 's/local [^ ]*//'
} | conf ga
policy gb 0 | sed 's/peer [^ ]*/peer any/' | conf gb
daemon gb -v
daemon ga -v
up ga sec0
up gb sec0
through || fail "nothing comes through"
for m in ga gb; do
	[ "$(sas $m '[(x["udpencap"], x["nat_self"], x["nat_peer"])
	    for x in s]')" = \
	    "[(True, $([ $m = ga ] && echo 'True, False' ||
	    echo 'False, True'))]" ] ||
	    fail "$m: $(on $m ikectl -j show sa)"
done
[ "$(sas ga 's[0]["peer"]')" = 192.0.2.2:4500 ] ||
    fail "ga talks to $(sas ga 's[0]["peer"]')"

# other ports: by DPD or data of ga, gb learns where it is now
sas gb '[(x["spi_i"], x["peer"]) for x in s]' >"$W/before"
kill -USR1 $nat
moved()
{
	[ "$(sas gb 's[0]["peer"]')" != "$(sed "s/.*, '\(.*\)').*/\1/" \
	    "$W/before")" ] && through
}
await 15 moved || fail "gb does not follow: $(on gb ikectl -j show sa)"
[ "$(sas gb 's[0]["spi_i"]')" = "$(sas ga 's[0]["spi_i"]')" ] &&
    grep -q "$(sas gb 's[0]["spi_i"]')" "$W/before" ||
    fail "not the same IKE SA as before: $(cat "$W/before")"
on gb ping -q -c 3 -i 0.02 -w 1 169.254.0.1 >/dev/null ||
    fail "nothing comes from gb"
one_pair ga
one_pair gb

# an idle tunnel keeps its ports
if [ "$FULL" = 1 ]; then
	sleep 45
	"$PCAPLS" "$W/inside.pcap" |
	    grep -q ' IP 10.0.0.1 > 192.0.2.2 proto 17 len 29' ||
	    fail "no keepalives"
fi
"$PCAPLS" "$W/inside.pcap" | grep ' ESP .* seq [0-9]* len' &&
    fail "ESP that is not in UDP"
"$PCAPLS" "$W/inside.pcap" | grep -q ' ESP .* udp len' || fail "no ESP"
undaemon ga
undaemon gb
kill $nat
verdict
