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


# Three tunnels, and another configuration: those whose line is the same keep
# their SAs and do not miss a packet.

. ./live.sh

# kept NAME POLICY: its SPIs and those of its SA
kept()
{
	sas "$1" "[(x['spi_i'], x['spi_r'], x['children'][0]['spi_in'],
	    x['children'][0]['spi_out']) for x in s if x['policy'] == '$2']"
}

packets()
{
	sas ga "sum(c['packets_out'] for x in s if x['policy'] == '$1'
	    for c in x['children'])"
}

config()
{
	for u in 0 1 2; do
		case $u in
		1)	policy "$1" 1 "$2" ;;
		*)	policy "$1" $u ;;
		esac
	done | conf "$1"
}

# Another cipher for the one in the middle, by SIGHUP here and ikectl there.
# shown CIPHER: it has it at both ends
shown()
{
	[ "$(sas ga "[('$1' in c['algorithms']) for x in s
	    if x['policy'] == 's1' for c in x['children']
	    if c['state'] == 'LIVE']")" = '[True]' ]
}

pair 0 1 2
config ga ''
config gb ''
daemon gb -v
daemon ga -v
up ga sec0 sec1 sec2
up gb sec0 sec1 sec2
for u in 0 1 2; do
	through $u || fail "sec$u carries nothing"
	pinger $u
done
for m in ga gb; do
	for p in s0 s1 s2; do
		kept $m $p >"$W/$m.$p"
	done
done
n0=$(packets s0) n2=$(packets s2)
[ "$n0" -ge 3 ] || fail "s0: $n0 packets"

config ga 'childsa enc aes-256-gcm'
config gb 'childsa enc aes-256-gcm'
on gb ikectl reload || fail "ikectl reload"
kill -HUP "$(cat "$W/ga.iked.pid")"
says "$W/ga.iked" 'reload requested with SIGHUP'
says "$W/ga.iked" 'configuration reloaded'
await 10 shown aes-256-gcm || fail "s1: $(on ga ikectl -j show sa)"
up ga sec0 sec1 sec2
await 5 through 1 || fail "s1 carries nothing after it has changed"
[ "$(packets s0)" -gt "$n0" ] && [ "$(packets s2)" -gt "$n2" ] ||
    fail "packets: s0 $n0 to $(packets s0), s2 $n2 to $(packets s2)"

# another end of it: ga does not want the middle one any more
{ policy ga 0; policy ga 2; } | conf ga
on ga ikectl reload || fail "ikectl reload without s1"
await 5 eval '! active ga sec1' || fail "sec1 has link at ga"
await 5 eval '! active gb sec1' || fail "sec1 has link at gb"
config ga 'childsa enc aes-256-gcm'
on ga ikectl load /etc/iked.conf || fail "ikectl load"
up ga sec1
up gb sec1

# a bad file changes nothing, and the error says where
echo 'ikev2 "s3" from any to any iface sec0' >>"$W/etc/ga/iked.conf"
on ga ikectl reload >"$W/reload" 2>&1 && fail "a bad file is loaded"
says "$W/reload" '/etc/iked.conf: 4: '
kill -HUP "$(cat "$W/ga.iked.pid")"
says "$W/ga.iked" 'not loaded, the old configuration stays'
says "$W/ga.iked" '/etc/iked.conf: 4: '
through 1 || fail "s1 carries nothing after a bad file"
config ga 'childsa enc aes-256-gcm'

# an interface that comes later
for m in gb ga; do
	policy $m 3 >>"$W/etc/$m/iked.conf"
	on $m ikectl reload >"$W/reload" 2>&1 ||
	    fail "$m: a missing sec3 is an error: $(cat "$W/reload")"
done
says "$W/ga.iked" '/etc/iked.conf: 4: .*sec3'
addresses gb 2 1 3
addresses ga 1 2 3
up ga sec3
up gb sec3
await 5 through 3 || fail "sec3 carries nothing"

for u in 0 2; do
	pinged $u
	[ "$sent" -gt 0 ] && [ $lost -eq 0 ] ||
	    fail "s$u: $lost pings lost of $sent"
	for m in ga gb; do
		[ "$(kept $m s$u)" = "$(cat "$W/$m.s$u")" ] ||
		    fail "$m: s$u was $(cat "$W/$m.s$u"), is $(kept $m s$u)"
	done
done
pinged 1
[ "$(kept ga s1)" != "$(cat "$W/ga.s1")" ] || fail "s1 is as it was"
undaemon ga
undaemon gb
verdict
