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



# charon1.sh: the same as charon.sh, but with isakmpd(8) and IKEv1; sourced.
# What is different:
#
#	ours MODE PHASES [AUTH]	our rule: "active", "main ... quick ...", and
#				ids with what they are proved by
#	conf			lines of our isakmpd.conf, from standard input
#	rules			load what ours has written
#	isakmpd_up; isakmpd_down; isakmpd_gone
#	tell COMMAND		a command for our FIFO

. ./charon.sh

VERSION=1
ourlog=g.isakmpd
fifo=$W/g/run/isakmpd.fifo
result=$W/g/run/isakmpd.result
IKE=aes128-sha256-ecp256 ESP=aes128gcm16
PHASES='main auth hmac-sha2-256 enc aes group ecp256
	quick enc aes-128-gcm group none'
OURSELVES=$us THEMSELVES=$them

ours()
{
	# a rule is one line
	echo "ike $1 interface sec0 local $us peer $peer" ${2:-$PHASES} \
	    "${3-psk \"$SECRET\"}" >"$W/ipsec.conf"
}

conf()
{
	mkdir -p "$W/etc/g/isakmpd"
	chmod a+rx "$W/etc/g/isakmpd"
	cat >"$W/etc/g/isakmpd/isakmpd.conf"
}

# Our daemon reads one line after the other.
rules()
{
	on g ipsecctl "$@" -f "$W/ipsec.conf" 2>"$W/ipsecctl" && shown ||
	    fail "ipsecctl does not load: $(cat "$W/ipsec.conf" "$W/ipsecctl")"
}

# Theirs looks for it before it knows who we are: it is everybody's.
key_of()
{
	:
}

isakmpd_up()
{
	start g env ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS= \
	    isakmpd -d -K -v -DA=40 "$@" 2>>"$W/$ourlog"
	isakmpd=$started
	await 5 shown || { fail "isakmpd does not start"; exit 1; }
	rules
}

isakmpd_down()
{
	kill -TERM $isakmpd
	wait $isakmpd || fail "isakmpd ended with $?"
	[ -z "$(on g ipsecctl -s sa)" ] ||
	    fail "isakmpd leaves SAs: $(on g ipsecctl -s sa)"
}

isakmpd_gone()
{
	kill -KILL $isakmpd
	wait $isakmpd 2>/dev/null
}

# A fifo that nobody reads would have us wait.
tell()
{
	[ -p "$fifo" ] && timeout 2 sh -c 'echo "$0" >"$1"' "$1" "$fifo"
}

shown()
{
	rm -f "$result"
	tell S && await 1 test -e "$result"
}

established()
{
	said 1 'from-sec0-to-sec0: up, peer' ${1:-5}
	heard 1 'IKE_SA c\[[0-9]*\] established' ${1:-5}
	heard 1 'CHILD_SA t{[0-9]*} established' ${1:-5}
	[ $failed -eq 0 ] || exit 1
	data
}

begin()
{
	charon_up
	isakmpd_up
	[ "$1" = we ] || initiate
	established
}

ours_are()
{
	[ "$(grep -c "$2" "$result")" -eq "$1" ]
}

sas()
{
	shown && sw --list-sas --raw >"$W/sa.raw" &&
	    ours_are "$1" '^SA phase 1 .* established$' &&
	    ours_are "$1" "$2" &&
	    count "$1" "$3" sa.raw && count "$1" "$4" sa.raw
}

no_sas()
{
	fail "not $1 ISAKMP SA with $1 pair:" \
	    "$(cat "$result"; sw --list-sas)"
}

tunnels()
{
	await 10 sas "$1" '^SA phase 2 ' 'list-sa event' 'spi-in=' ||
	    no_sas "$1"
}

live()
{
	await 10 sas "$1" '^SA phase 2 .* mature$' ' state=ESTABLISHED' \
	    'state=INSTALLED' || no_sas "$1"
}

# The other end is told.
end_said()
{
	from_now
	isakmpd_down
	heard 1 'received DELETE for IKE_SA'
}
