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


# Through a NAT before either end, which forgets its ports now and then: who
# is behind it finds out, the other one follows.

. ./live.sh

case ${1:-ga} in
ga)	other=gb gate=192.0.2.2 back=169.254.0.1 ;;
gb)	other=ga gate=192.0.2.1 back=169.254.0.2 ;;
esac
me=$1
behind $me
# an address that changes, or may: a name is what the peer knows it by
rule $me 0 active "srcid road.test" |
    sed "s/local [^ ]*//; s/peer [^ ]*/peer $gate/" | conf $me
rule $other 0 passive "dstid road.test" | sed 's/peer [^ ]*//' | conf $other
for m in $other $me; do
	run $m
	cmd $m 'C set [General]:DPD-check-interval=1'
	load $m
done
up ga sec0
up gb sec0
through || fail "nothing comes through"
report $me >"$W/me"
report $other >"$W/other"
says "$W/me" 'NAT before us$'
says "$W/other" 'NAT before the peer$'
says "$W/me" "^	local 10.0.0.1:4500 peer $gate:4500"
says "$W/other" "^	local $gate:4500 peer 192.0.2.9:2000[0-9]"
for f in me other; do
	says "$W/$f" 'ESP AES .*, in UDP$'
done
on $me ipsecctl -s sa -v | grep -q 'udpencap: udpencap port' ||
    fail "no udpencap: $(on $me ipsecctl -s sa -v)"

# other ports: by DPD of who is behind, the other learns where it is now
before=$(sed -n 's/.* cookies \([^ ]*\) .*/\1/p' "$W/other")
kill -USR1 $nat
moved()
{
	report $other | grep -q 'peer 192.0.2.9:200[12][0-9]' && through
}
await 15 moved || fail "no move: $(report $other)"
[ "$(sas $other | sed -n 's/.* cookies \([^ ]*\) .*/\1/p')" = "$before" ] ||
    fail "another ISAKMP SA than $before: $(sas $other)"
on $other ping -q -c 3 -i 0.02 -w 1 $back >/dev/null ||
    fail "nothing comes from $other"
one_pair ga
one_pair gb
cmd $me 'C set [General]:NAT-T-Keepalive=1'
if [ "$FULL" = 1 ]; then
	cmd $me 'C set [General]:DPD-check-interval=0'
	sleep 25
	"$PCAPLS" "$W/inside.pcap" |
	    grep -q " IP 10.0.0.1 > $gate proto 17 len 29" ||
	    fail "no keepalives"
fi
for w in inside wire; do
	"$PCAPLS" "$W/$w.pcap" | grep ' ESP .* seq [0-9]* len' &&
	    fail "ESP that is not in UDP"
	"$PCAPLS" "$W/$w.pcap" | grep -q ' ESP .* udp len' || fail "no ESP"
	"$PCAPLS" "$W/$w.pcap" | grep -q ' IKE .* QUICK_MODE udp ' ||
	    fail "quick mode at port 500"
done
undaemon ga
undaemon gb
kill $nat
verdict
