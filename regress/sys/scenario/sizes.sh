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

# marks: N7

# sizes.sh aes|gcm: packets of every size through the tunnel, from host to
# host: they arrive whole, or their sender hears of it and how large they may
# be.

. ../../lib/lib.sh

# sweep from to step option ...: ping with each IP length; the lengths that
# got no answer
sweep()
{
	from=$1 to=$2 step=$3
	shift 3
	[ "$FULL" = 0 ] || step=1
	on ha sh -c 'seq "$@" | while read -r n; do
		ping -q -c 1 -w 2 $opts -s $((n - 28)) 10.2.0.2 >/dev/null ||
		    echo "$n"
	done' sh $from $step $to
}

arrive()
{
	lost=$(opts=${4:-} && export opts && sweep "$1" "$2" "$3" | tr '\n' ' ')
	[ -z "$lost" ] || fail "$what ${4:-}: lost: $lost"
}

# refused LENGTH MTU: with DF it does not arrive, and ha is told the MTU
refused()
{
	on ha ping -D -c 1 -w 1 -s $(($1 - 28)) 10.2.0.2 >"$W/df" 2>&1 &&
	    fail "$what: $1 bytes with DF arrive"
	grep -q "frag needed and DF set (mtu $2)" "$W/df" || {
		fail "$what: $1 bytes with DF, mtu $2 expected:"
		cat "$W/df"
	}
}

# What 1500 bytes hold, by RFC 4303: 20 IP, 8 ESP, IV, whole blocks of packet
# and 2 of trailer, ICV.
gateways
case $1 in
aes)	fits=1438 ;;
gcm)	fits=1446
	keys 0 "aes-128-gcm testonly" ;;
esac

what="mtu 1280"
arrive 28 1200 31
arrive 1201 1300 1
arrive 28 1200 97 -D
arrive 1270 1280 1 -D
refused 1281 1280
# now ha knows, for this destination
on ha sh -c 'route -qn flush; route -q add default 10.1.0.1'
refused 1500 1280
arrive 1301 1500 13
for n in 1501 2560 2561 4000 9000 20000 65535; do
	arrive $n $n 1
done

what="mtu 1500, outer fragments"
on ha sh -c 'route -qn flush; route -q add default 10.1.0.1'
for m in ga gb; do
	on $m ifconfig sec0 mtu 1500
done
arrive 1280 1400 17
arrive 1401 1500 1
arrive 1401 1500 9 -D
arrive 5000 5000 1
fragments=$("$PCAPLS" "$W/wire.pcap" | grep -c 'ESP .* fragment ')
[ "$fragments" -ge 100 ] || fail "$what: $fragments fragments on the wire"

# Everything outside has DF.  What has none inside and does not fit goes
# again without, in fragments, and nothing is lost.
what="mtu 1500, tunneldf"
on ga ifconfig sec0 tunneldf
arrive 1280 $fits 9
before=$(counter ga 'output packets* dropped for being too big' -I sec0)
on ha ping -q -c 3 -i 0.01 -w 1 -s $((fits + 1 - 28)) 10.2.0.2 \
    >"$W/nodf" 2>&1 || :
grep -q '3 packets transmitted, 3 ' "$W/nodf" || {
	fail "$what: of 3 times $((fits + 1)) bytes not all arrive:"
	cat "$W/nodf"
}
after=$(counter ga 'output packets* dropped for being too big' -I sec0)
[ $((after - before)) -eq 0 ] ||
    fail "$what: no packet lost, $((after - before)) counted"
[ "$("$PCAPLS" "$W/wire.pcap" | grep -c 'ESP .* fragment ')" -ge \
    $((fragments + 6)) ] || fail "$what: they are not in fragments"
arrive 1420 $fits 1 -D
refused 1500 $fits
arrive $((fits + 1)) 1500 5

clear=$(clear_text wire)
[ -z "$clear" ] || fail "in the clear: $clear"
verdict
