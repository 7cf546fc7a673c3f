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


# Three tunnels, and changes to what the daemons are told, by ipsecctl(8), by
# signal and by the FIFO: those that it is not about keep their SAs and do not
# miss a packet.

. ./live.sh

# Each tunnel has peers of its own: addresses of the same interface.
line()
{
	rule "$1" "$2" "${3:-active}" "${4:-}" | sed "s/192\.0\.2/10.64.$2/g"
}

config()
{
	for u in 0 1 2; do
		line "$1" $u "$([ "$1" = ga ] && echo active || echo passive)"
	done | conf "$1"
}

# kept NAME UNIT: SPIs, both ways
kept()
{
	sas "$1" | sed -n "s/^SA phase 2 from-sec$2-to-sec$2 \(.*\) mature/\1/p"
}

# sec1 has other SAs than before, and link
changed()
{
	[ -n "$(kept ga 1)" ] && [ "$(kept ga 1)" != "$was" ] &&
	    active ga sec1 && active gb sec1
}

other()
{
	await 10 changed || { fail "$1: sec1 is as it was: $was"; exit 1; }
	await 5 through 1 || fail "$1: sec1 carries nothing"
	was=$(kept ga 1)
}

down()
{
	for m in ga gb; do
		await 5 eval "! active $m sec1" ||
		    fail "$1: sec1 has link at $m"
	done
}

# only NAME: a file with the rule of sec1 alone
only()
{
	line "$1" 1 "$([ "$1" = ga ] && echo active || echo passive)" \
	    "${2:-}" | conf "$1"
}

pair 0 1 2
for m in ga.1 gb.2; do
	on ${m%.*} sh -ec 'for u in 0 1 2; do
		bits=32
		[ $u -gt 0 ] || bits=16
		ifconfig um0 10.64.$u.$1/$bits alias
	done' - ${m#*.}
done
for m in gb ga; do
	config $m
	run $m
	load $m
done
up ga sec0 sec1 sec2
up gb sec0 sec1 sec2
for u in 0 1 2; do
	through $u || fail "sec$u carries nothing"
	for m in ga gb; do
		kept $m $u >"$W/$m.$u"
	done
done
pinger 0
pinger 2
was=$(kept ga 1)

# the same once more changes nothing
load ga
load gb
kill -HUP "$(cat "$W/ga.isakmpd.pid")"
says "$W/ga.isakmpd" 'configuration reloaded'
cmd gb R
says "$W/gb.isakmpd" 'configuration reloaded'
sleep 0.7
[ "$(kept ga 1)" = "$was" ] || fail "the same rules: not the same SAs"

# other words of one rule, at both ends
only gb 'quick auth hmac-sha2-512 enc aes-256'
only ga 'quick auth hmac-sha2-512 enc aes-256'
load gb
load ga
other "quick"
on ga ipsecctl -s sa | grep -q 'auth hmac-sha2-512 enc aes-256' ||
    fail "not as it was told: $(on ga ipsecctl -s sa)"

# that one goes, and comes back
load ga -d
down "-d"
load ga
other "-f"
cmd ga 't from-sec1-to-sec1'
down "t"
cmd ga 'c from-sec1-to-sec1'
other "c"
cmd ga 't quick from-sec1-to-sec1'
down "t quick"
cmd ga 'c from-sec1-to-sec1'
other "c again"

# phase 1 alone
cookies=$(sas ga | awk '/^SA phase 1 peer-10.64.1.2/ { print $6; exit }')
cmd ga "d $cookies -"
await 10 eval "! sas gb | grep -q '$cookies'" || fail "d: gb has $cookies"
[ "$(kept ga 1)" = "$was" ] && through 1 || fail "d: not phase 1 alone"

# another key at one end, and then at the other
sed -i 's/psk "/&x/' "$W/etc/ga/ipsec.conf"
load ga
says "$W/gb.isakmpd" 'the pre-shared keys differ'
sed -i 's/psk "/&x/' "$W/etc/gb/ipsec.conf"
load gb
other "another key"

# what is wrong is not loaded, and harms nothing
echo 'ike interface sec9 peer' >>"$W/etc/ga/ipsec.conf"
on ga ipsecctl -f /etc/ipsec.conf >"$W/bad" 2>&1 && fail "a bad file is loaded"
says "$W/bad" '/etc/ipsec.conf: [23]: '
cmd ga 'C set [Phase 1]:10.64.1.2=nobody force'
says "$W/ga.isakmpd" 'nobody'
cmd ga 'C set [Phase 1]:10.64.1.2=peer-10.64.1.2-local-10.64.1.1 force'
await 5 through 1 || fail "sec1 carries nothing after bad files"

# an interface that comes later
for m in gb ga; do
	line $m 3 | conf $m
	on $m ifconfig um0 10.64.3.$([ $m = ga ] && echo 1 || echo 2)/32 alias
	load $m
done
says "$W/ga.isakmpd" 'from-sec3-to-sec3: up'
addresses gb 2 1 3
addresses ga 1 2 3
up ga sec3
up gb sec3
await 5 through 3 || fail "sec3 carries nothing"
cookies=$(sas ga | awk '/^SA phase 1 peer-10.64.3.2/ { print $6; exit }')
cmd ga 't main 10.64.3.2'
await 10 eval "! sas gb | grep -q '$cookies'" || fail "t main: gb has $cookies"
active ga sec3 && through 3 || fail "t main: not phase 1 alone"

for u in 0 2; do
	pinged $u
	[ "$sent" -gt 0 ] && [ $lost -eq 0 ] ||
	    fail "sec$u: $lost pings lost of $sent"
	for m in ga gb; do
		[ "$(kept $m $u)" = "$(cat "$W/$m.$u")" ] ||
		    fail "$m: sec$u was $(cat "$W/$m.$u"), is $(kept $m $u)"
	done
done

# all of it goes, at once, and comes back
cmd ga T
for u in 0 1 2; do
	await 5 eval "! active gb sec$u" || fail "T: sec$u has link at gb"
done
undaemon ga
undaemon gb
verdict
