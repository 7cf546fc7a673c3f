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


# Rekeying under traffic: when it is asked for, by one end or by both at once,
# by lifetimes in seconds and in kilobytes, and of phase 1, too.  Nothing
# is lost, and every packet is counted where it goes into the tunnels, where
# ESP leaves and arrives, and where it comes out.

. ./live.sh

want=$((80 * N)) n=16
[ "$FULL" = 0 ] || want=$((1000 * N)) n=48
units=$(seq 0 $((n - 1)))

# Peers are known by their addresses: each tunnel has its own.
rules()
{
	case $1 in
	ga)	a=1 b=2 mode=active ;;
	gb)	a=2 b=1 mode=passive ;;
	esac
	for u in $units; do
		echo "ike $mode interface sec$u local 10.64.$u.$a" \
		    "peer 10.64.$u.$b main group modp2048" \
		    "lifetime $((9 + u)) quick group ecp256 lifetime 40" \
		    "psk \"$PSK$u\""
	done
}

# bytes NAME: of every fourth tunnel, too
bytes()
{
	cmd "$1" "C set [kb]:LIFE_TYPE=KILOBYTES force"
	cmd "$1" "C set [kb]:LIFE_DURATION=24 force"
	for u in $units; do
		x=phase2-transform-from-sec$u-to-sec$u
		[ $((u % 4)) -ne 3 ] || cmd "$1" \
		    "C set [$x-AES128-SHA2_256-ECP_256-TUNNEL]:Life=kb force"
	done
}

# "unit SPI" of what ga sends by, where there is a lifetime in bytes
spis()
{
	on ga ipsecctl -s sa -v | awk '
	/^esp / { for (i = 1; i < NF; i++) if ($i == "spi") spi = $(i + 1) }
	/lifetime_hard:/ { bytes = $5 }
	/interface: .* direction out/ && bytes > 0 { print $2, spi }'
}

# Pairs that were made beyond the first ones
rekeys()
{
	echo $(($(stat "$1" 'pairs of SAs established') - n))
}

renewed()
{
	echo $(($(stat ga 'ISAKMP SAs established') - n))
}

enough()
{
	cmd ga R
	sleep 0.7
	[ "$(rekeys ga)" -ge $want ]
}

spent()
{
	sleep 0.5
	[ "$(renewed)" -ge $((n / 8)) ] &&
	    [ "$(spis | grep -cF -f "$W/spis")" -eq 0 ]
}

pair $units
for m in ga.1 gb.2; do
	on ${m%.*} sh -ec 'a=$1
	shift
	for u; do
		bits=32
		[ $u -gt 0 ] || bits=16
		ifconfig um0 10.64.$u.$a/$bits alias
	done' - ${m#*.} $units
	rules ${m%.*} | conf ${m%.*}
	run ${m%.*}
	cmd ${m%.*} 'C set [General]:Renegotiate-on-HUP=yes'
	load ${m%.*}
	bytes ${m%.*}
done
secs=$(echo "$units" | sed 's/^/sec/')
up ga $secs
up gb $secs
for u in $units; do
	interval=0.05
	[ $((u % 4)) -ne 3 ] || interval=0.02
	pinger "$u" $interval
done
await $((want / 4)) enough || fail "$(rekeys ga) rekeys instead of $want"
# at both ends at once
if [ "$FULL" = 1 ]; then
	cmd ga R
	cmd gb R
	sleep 1
fi
spis >"$W/spis"
[ "$(wc -l <"$W/spis")" -ge $((n / 4)) ] || fail "no lifetimes in bytes"
await 20 spent || fail "$(renewed) ISAKMP SAs anew; bytes: $(spis)"
all=0
for u in $units; do
	pinged "$u"
	all=$((all + sent))
done
if ! await 5 accounted; then
	fail "sent, ESP out, ESP in, request, reply, ESP out, in, reply:" \
	    "$places"
	for m in ga gb; do
		on $m netstat -s -p esp | grep -v '	0 '
	done
fi
[ "$lost" -eq 0 ] && [ "$all" -gt 0 ] || fail "$lost of $all lost"
for m in ga gb; do
	active $m $secs || fail "$m: not all up"
	report $m >"$W/report"
	grep -q '^SA phase 2 .* mature' "$W/report" ||
	    fail "$m: no pair: $(cat "$W/report")"
done
echo "$(rekeys ga) rekeys, $(renewed) of phase 1, $all sent, $lost lost"
verdict
