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

# marks: S5 N4

# Gateways that have the Internet by IPv6 alone: a tunnel for both families,
# between daemons that come and go; then with names, and with an address that
# only one end knows.

. ./live.sh

# six_rules [words]: of both
six_rules()
{
	both passive "${1:-}"
	sed -i 's/192.0.2./2001:db8::/g' "$W"/etc/g?/ipsec.conf
}

carries()
{
	through || fail "$1: no IPv4 comes through"
	through6 || fail "$1: no IPv6 comes through"
}

pair
six
six_rules 'quick enc aes-256-gcm'
begin "the first"
carries "the first"
one_pair ga
one_pair gb
on ga ipsecctl -s sa |
    grep -q 'esp tunnel from 2001:db8::1 to 2001:db8::2 .* enc aes-256-gcm' ||
    fail "$(on ga ipsecctl -s sa)"
says "$W/ga.isakmpd" 'SA .* \[2001:db8::2\]:500 established: peer IPV6/2001:'
away=$("$KERN/sbin/tcpdump" -n -r "$W/wire.pcap" 2>/dev/null |
    grep -v -i -e arp -e icmp6 -e isakmp -e 'esp')
[ -z "$away" ] || fail "in the clear: $away"

# an end goes, and comes back; the other one is known by its name
undaemon gb
await 5 eval '! active ga sec0' || fail "the other end is not told"
six_rules 'srcid gw.test dstid gw.test'
sed -i 's/peer [^ ]*//' "$W/etc/gb/ipsec.conf"
undaemon ga
begin "names"
carries "names"
undaemon ga
undaemon gb
verdict
