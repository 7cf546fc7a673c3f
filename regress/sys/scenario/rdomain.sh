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

# marks: S6

# The hosts and the inside of the tunnel are in a routing domain of their
# own; its default route leads into the tunnel, and another of its routes
# would lead the outer packets to a host.  They take neither.
#
#	ha -- (domain 1) ga (domain 0) ==[wire]== gb -- hb

. ../../lib/lib.sh

hub wire "$W/wa" "$W/wb"
hub inside "$W/la" "$W/lc"
machine ga um0=wire:"$W/wa" um1=wire:"$W/la"
machine gb um0=wire:"$W/wb" um1=wire:"$W/lb"
machine ha um0=wire:"$W/lc"
machine hb um0=wire:"$W/lb"
booted
on ga sh -ec 'ifconfig um0 192.0.2.1/24
    ifconfig um1 rdomain 1
    ifconfig um1 10.1.0.1/24
    ifconfig sec0 create
    ifconfig sec0 rdomain 1
    ifconfig sec0 169.254.0.1/30 169.254.0.2 up
    sysctl -q net.inet.ip.forwarding=1'
router gb 192.0.2.2 10.2.0.1
on gb sh -ec 'ifconfig sec0 create; ifconfig sec0 169.254.0.2/30 169.254.0.1 up'
ends_0='ga 192.0.2.1 gb 192.0.2.2'
keys 0
on ha sh -ec 'ifconfig um0 10.1.0.2/24; route -qn add default 10.1.0.1'
on hb sh -ec 'ifconfig um0 10.2.0.2/24; route -qn add default 10.2.0.1'
on ga route -T 1 -qn add default 169.254.0.2
on ga route -T 1 -qn add 192.0.2.2/32 10.1.0.2
# here the default route leads into the tunnel, too: the wire is next door
on gb route -qn add default 169.254.0.1

what="sec0 in domain 1"
await 10 on ha ping -q -c 1 -w 1 10.2.0.2 || fail "$what: nothing comes through"
on ha ping -q -c 5 -i 0.01 -w 1 -s 1400 10.2.0.2 >/dev/null ||
    fail "$what: large packets are lost"
on hb ping -q -c 5 -i 0.01 -w 1 10.1.0.2 >/dev/null || fail "$what: no way back"
on ga ping -q -c 1 -w 1 10.1.0.2 >/dev/null 2>&1 &&
    fail "$what: domain 0 reaches the inside"

# SAs of domain 0 are those of a tunnel that is said to be there
what="tunneldomain 0"
on ga ifconfig sec0 tunneldomain 0
on ha ping -q -c 5 -i 0.01 -w 1 10.2.0.2 >/dev/null || fail "$what: lost"
what="tunneldomain 1"
on ga ifconfig sec0 tunneldomain 1
on ha ping -q -c 1 -w 1 10.2.0.2 >/dev/null 2>&1 &&
    fail "$what: SAs of domain 0 are used"
on ga ifconfig sec0 | grep -q 'status: down' || fail "$what: sec0 has link"
on ga ifconfig sec0 -tunneldomain
on ha ping -q -c 5 -i 0.01 -w 1 10.2.0.2 >/dev/null || fail "afterwards: lost"

esp=$("$PCAPLS" "$W/inside.pcap" | grep -c -e ' ESP ')
[ "$esp" -eq 0 ] || fail "$esp outer packets are inside"
clear=$(clear_text wire)
[ -z "$clear" ] || fail "in the clear: $clear"
verdict
