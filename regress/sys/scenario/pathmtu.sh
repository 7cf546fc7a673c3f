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


# A router between the gateways takes 1300 bytes: the outer packets go in
# pieces; or, if they must not, the gateway learns it and tells the hosts.
#
#	ha -- ga ==[wire]== r =(1300)= gb -- hb

. ../../lib/lib.sh

# whole N option ...: N bytes from host to host come back
whole()
{
	n=$1
	shift
	on ha ping -q -c 1 -w 1 "$@" -s $((n - 28)) 10.2.0.2 >/dev/null 2>&1
}

hub wire "$W/wa" "$W/wr"
machine ga um0=wire:"$W/wa" um1=wire:"$W/la"
machine r um0=wire:"$W/wr" um1=wire:"$W/wb"
machine gb um0=wire:"$W/wb" um1=wire:"$W/lb"
machine ha um0=wire:"$W/la"
machine hb um0=wire:"$W/lb"
booted
router ga 192.0.2.1 10.1.0.1
router r 192.0.2.254 198.51.100.254
router gb 198.51.100.1 10.2.0.1
on ga route -qn add default 192.0.2.254
on gb route -qn add default 198.51.100.254
on ha sh -ec 'ifconfig um0 10.1.0.2/24; route -qn add default 10.1.0.1'
on hb sh -ec 'ifconfig um0 10.2.0.2/24; route -qn add default 10.2.0.1'
on r ifconfig um1 mtu 1300
on gb ifconfig um0 mtu 1300
tunnel 0 ga 192.0.2.1 gb 198.51.100.1
on ga route -qn add 10.2.0.0/24 169.254.0.2
on gb route -qn add 10.1.0.0/24 169.254.0.1
await 10 whole 84 || fail "nothing comes through the tunnel"

what="outer packets in pieces"
for n in 1200 1220 1221 1222 1223 1224 1225 1230 1231 1240 1279 1280; do
	whole $n || fail "$what: $n bytes are lost"
	whole $n -D || fail "$what: $n bytes with DF are lost"
done
[ "$(counter r 'output datagrams* fragmented' -p ip)" -gt 0 ] ||
    fail "$what: the router has cut nothing"

what="outer packets with DF"
on ga ifconfig sec0 tunneldf
cut=$(counter r 'output datagrams* fragmented' -p ip)
told=$(counter ga 'output packets* dropped for being too big' -I sec0)
# the first is lost at the router, which tells ga
whole 1280 -D && fail "$what: 1280 bytes arrive"
await 3 eval 'on ha ping -D -c 1 -w 1 -s 1252 10.2.0.2 >"$W/df" 2>&1 ||
    grep -q "frag needed and DF set" "$W/df"'
mtu=$(sed -n 's/.*frag needed and DF set (mtu \([0-9]*\)).*/\1/p' "$W/df")
[ -n "$mtu" ] && [ "$mtu" -ge 1200 ] && [ "$mtu" -le 1246 ] || {
	fail "$what: mtu \"$mtu\""
	cat "$W/df"
	mtu=1200
}
[ "$(counter ga 'output packets* dropped for being too big' -I sec0)" -gt \
    "$told" ] || fail "$what: ga does not count what it drops"
for n in 28 576 $((mtu - 1)) "$mtu"; do
	whole $n -D || fail "$what: $n bytes with DF are lost, mtu is $mtu"
done
for n in $((mtu + 1)) 1260 1280 2000; do
	whole $n || fail "$what: $n bytes without DF are lost"
done
[ "$(counter r 'output datagrams* fragmented' -p ip)" -eq "$cut" ] ||
    fail "$what: the router still cuts"

clear=$("$PCAPLS" "$W/wire.pcap" | grep -v -e ' ARP ' -e ' ESP ' \
    -e ' IP 192.0.2.254 > 192.0.2.1 proto 1 ')
[ -z "$clear" ] || fail "in the clear: $clear"
verdict
