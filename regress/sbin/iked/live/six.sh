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


# Gateways that have the Internet by IPv6 alone: a tunnel for both families,
# rekeyed, in UDP and not, between daemons that come and go.

. ./live.sh

# six_conf [words in front of from [transforms [times]]]: of both
six_conf()
{
	for m in ga gb; do
		{
			echo 'set dpd_check_interval 1'
			policy $m 0 "${2:-}" "${3:-}" |
			    sed "s/192.0.2./2001:db8::/g; s/ from /${1:-}&/"
		} | conf $m
	done
}

carries()
{
	through || fail "$1: no IPv4 comes through"
	through6 || fail "$1: no IPv6 comes through"
	talk 2000 2001:db8:f:0::2 >/dev/null ||
	    fail "$1: no large IPv6 comes through"
}

rekeyed()
{
	[ "$(sas "$1" 's[0]["rekeys"] > 0')" = True ]
}

pair
six
six_conf '' '' 'lifetime 3'
daemon gb -v
daemon ga -v
up ga sec0
up gb sec0
carries "the first"
one_pair ga
one_pair gb
on ga ipsecctl -s sa | grep -q 'esp tunnel from 2001:db8::1 to 2001:db8::2 ' ||
    fail "$(on ga ipsecctl -s sa)"
says "$W/ga.iked" 'established peer \[2001:db8::2\]:500\[FQDN/b0.test\]'
[ "$(sas gb 's[0]["peer"], s[0]["udpencap"]')" = \
    "('[2001:db8::1]:500', False)" ] || fail "$(on gb ikectl show sa)"
away=$("$KERN/sbin/tcpdump" -n -r "$W/wire.pcap" 2>/dev/null |
    grep -v -i -e arp -e icmp6 -e isakmp -e 'esp')
[ -z "$away" ] || fail "in the clear: $away"

# new keys every two seconds
await 5 rekeyed ga || fail "never rekeyed"
carries "rekeyed"

# an end goes, and comes back
undaemon gb
await 5 eval '! active ga sec0' || fail "the other end is not told"
six_conf ' natt' 'childsa enc chacha20-poly1305'
on ga ikectl reload
daemon gb -v
up ga sec0
up gb sec0
carries "natt"
says "$W/ga.iked" 'established peer \[2001:db8::2\]:4500'
[ "$(sas gb 's[0]["peer"], s[0]["udpencap"]')" = \
    "('[2001:db8::1]:4500', True)" ] || fail "$(on gb ikectl show sa)"
[ "$(esp ga 'output UDP encapsulated')" -gt 3 ] || fail "not in UDP"
await 5 eval '[ "$(stat ga probes)" -gt 0 ]' || fail "the peer is not asked"
active ga sec0 || fail "it does not live"
undaemon ga
undaemon gb
verdict
