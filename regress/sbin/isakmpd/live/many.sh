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


# Many peers of one gateway, whose connections all have the IDs 0/0: each has
# its own interface, whoever began.
# marks: alone

. ./live.sh

n=$((20 * N))
[ "$FULL" = 0 ] || n=$((100 * N))
units=$(seq 0 $((n - 1)))

# Of every second tunnel gb is the one who begins.
config()
{
	for u in $units; do
		mode=passive
		[ $((u % 2)) -ne "$2" ] || mode=active
		rule "$1" "$u" $mode "main group ecp256 quick group ecp256" |
		    sed "s/192\.0\.2/10.64.$u/g"
	done | conf "$1"
}

links()
{
	on "$1" ifconfig | awk '/^[a-z]/ { sec = /^sec/ }
	sec && /status: active/ { n++ }
	END { print n + 0 }'
}

linked()
{
	sleep 0.2
	[ "$(links ga)" -eq $n ] && [ "$(links gb)" -eq $n ]
}

# "unit SPI" of one direction
spis()
{
	on "$1" ipsecctl -s sa -v | awk -v dir="$2" '
	/^esp / { for (i = 1; i < NF; i++) if ($i == "spi") spi = $(i + 1) }
	/interface: / && $4 == dir { print $2, spi }' | sort
}

pair $units
for m in ga.1.0 gb.2.1; do
	IFS=. read -r name a who <<-END
	$m
	END
	on $name sh -ec 'a=$1
	shift
	for u; do
		bits=32
		[ $u -gt 0 ] || bits=16
		ifconfig um0 10.64.$u.$a/$bits alias
	done' - $a $units
	config $name $who
	run $name
done
begin=$(date +%s%N)
load gb
load ga
await 20 linked || fail "not all up: $(links ga) $(links gb) of $n"
took=$((($(date +%s%N) - begin) / 1000000))
echo "$n tunnels in $took ms"
for d in in.out out.in; do
	spis ga ${d%.*} >"$W/ga.spis"
	spis gb ${d#*.} >"$W/gb.spis"
	[ "$(wc -l <"$W/ga.spis")" -eq $n ] ||
	    fail "not $n: $(cat "$W/ga.spis")"
	cmp "$W/ga.spis" "$W/gb.spis" || fail "SAs are of other interfaces"
done
for u in $units; do
	through $u || fail "sec$u carries nothing"
done
for m in ga gb; do
	sas $m >"$W/sas"
	[ "$(grep -c '^SA phase 2 .* initiator mature' "$W/sas")" -gt 0 ] &&
	    [ "$(grep -c '^SA phase 2 .* responder mature' "$W/sas")" -gt 0 ] ||
	    fail "$m has one role alone"
	[ "$(grep -c '^SA phase 1 .* established' "$W/sas")" -ge $n ] ||
	    fail "$m: $(cat "$W/sas")"
done

# one of them goes
cmd ga "t from-sec1-to-sec1"
await 5 eval '! active gb sec1' || fail "sec1 has link"
[ "$(links ga)" -eq $((n - 1)) ] && [ "$(links gb)" -eq $((n - 1)) ] ||
    fail "$(links ga) and $(links gb) of $((n - 1)) have link"
undaemon ga
undaemon gb
verdict
