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

# marks: I1 I2 I4

# flows.sh: policies and SAs by hand, without an interface: tunnel mode
# between networks, transport mode between hosts, ESP, AH and both; what a
# policy wants goes that way or not at all, and all of the wire is what it
# should be.

. ../../lib/lib.sh

# same keys for all: they live for a second
k32=$(random 32) k16=$(random 16)
auth="auth hmac-sha2-256 authkey 0x$k32:0x$k32"
esp="$auth enc aes enckey 0x$k16:0x$k16"

# rules TEXT: for ga, and with the ends and SPIs changed round for gb
rules()
{
	printf '%s\n' "$@" >"$W/ga.conf"
	sed 's/192.0.2.1/HERE/g; s/192.0.2.2/192.0.2.1/g; s/HERE/192.0.2.2/g
	    s/10.1.0.0/NET/g; s/10.2.0.0/10.1.0.0/g; s/NET/10.2.0.0/g
	    s/spi \([^:]*\):\([^ ]*\)/spi \2:\1/' "$W/ga.conf" >"$W/gb.conf"
	for m in ga gb; do
		on $m ipsecctl -F -f "$W/$m.conf" || fail "$what: $m"
	done
	frames=$(wire | wc -l)
}

# all there is but ARP; the last one may be half written yet
wire()
{
	"$PCAPLS" "$W/wire.pcap" 2>/dev/null | grep -v ' ARP '
}

seen()
{
	wire | tail -n +$((frames + 1)) >"$W/frames"
	[ "$(grep -c "$1" "$W/frames")" -ge 2 ]
}

# over PATTERN COMMAND ...: it succeeds, and the wire saw at least two frames
# of the pattern and no others
over()
{
	pattern=$1
	shift
	on ga "$@" >"$W/ping" 2>&1 || fail "$what: $* fails"
	await 2 seen "$pattern" && ! grep -v "$pattern" "$W/frames" || {
		fail "$what: not $pattern alone:"
		cat "$W/frames" "$W/ping"
	}
}

# nothing COMMAND ...: it fails, and the wire saw nothing
nothing()
{
	n=$(wire | wc -l)
	on ga timeout 0.1 "$@" >"$W/ping" 2>&1 && fail "$what: $* succeeds"
	[ "$(wire | wc -l)" -eq "$n" ] || {
		fail "$what: something left:"
		wire | tail -n 3
	}
}

hub wire "$W/wa" "$W/wb"
machine ga um0=wire:"$W/wa"
machine gb um0=wire:"$W/wb"
booted
for m in ga.1 gb.2; do
	on ${m%.*} sh -ec 'ifconfig um0 192.0.2.$1/24
	    ifconfig lo0 alias 10.$1.0.1/24
	    sysctl -q net.inet.ip.forwarding=1' - ${m#*.}
done
ping="ping -q -c 1 -w 1 192.0.2.2"
pingnet="ping -q -c 1 -w 1 -I 10.1.0.1 10.2.0.1"
on ga $ping >/dev/null || fail "no wire"
hosts="from 192.0.2.1 to 192.0.2.2"
nets="from 10.1.0.0/24 to 10.2.0.0/24 local 192.0.2.1 peer 192.0.2.2"

what="ESP, tunnel"
rules "flow esp $nets" "esp tunnel $hosts spi 0x1000:0x1001 $esp"
over ' ESP ' $pingnet
over ' ESP ' ping -q -c 1 -w 1 -s 4000 -I 10.1.0.1 10.2.0.1
on ga ipsecctl -s flow >"$W/flows"
printf '%s\n' "flow esp out $nets type require" "flow esp in \
from 10.2.0.0/24 to 10.1.0.0/24 local 192.0.2.1 peer 192.0.2.2 type require" |
    diff - "$W/flows" || fail "$what: other flows"
# the SAs gone, the policy stays: T47
on ga ipsecctl -d -f - <<END || fail "$what: -d"
esp tunnel $hosts spi 0x1000:0x1001 $esp
END
nothing $pingnet
# an AH SA is not what it wants
on ga ipsecctl -f - <<END
ah tunnel $hosts spi 0x1000:0x1001 $auth
END
nothing $pingnet
on ga ipsecctl -d -f "$W/ga.conf" 2>/dev/null
[ -z "$(on ga ipsecctl -s flow)" ] || fail "$what: flows after -d"

what="ESP, transport"
rules "flow esp $hosts" "esp transport $hosts spi 0x1000:0x1001 $esp"
over ' ESP ' $ping
over ' ESP ' ping -q -c 1 -w 1 -s 4000 192.0.2.2

what="AH, tunnel"
rules "flow ah $nets" "ah tunnel $hosts spi 0x1000:0x1001 $auth"
over ' proto 51 ' $pingnet

what="AH, transport"
rules "flow ah $hosts" "ah transport $hosts spi 0x1000:0x1001 $auth"
over ' proto 51 ' $ping
over ' proto 51 ' ping -q -c 1 -w 1 -s 4000 192.0.2.2

what="ESP and AH"
rules "flow esp $hosts" \
    "esp transport $hosts spi 0x1000:0x1001 $esp bundle one" \
    "ah transport $hosts spi 0x1002:0x1003 $auth bundle one"
over ' proto 51 ' $ping
[ "$(counter gb 'input ESP' -p esp)" -gt 0 ] || fail "$what: no ESP inside"

what="deny, bypass"
rules "flow $hosts type deny" "flow proto udp $hosts type bypass"
nothing $ping
on gb timeout 0.1 ping -q -c 1 192.0.2.1 >/dev/null 2>&1 &&
    fail "$what: gb may ping"
rules "flow proto icmp $hosts type bypass" "flow $hosts type deny"
over ' proto 1 ' $ping

what="many"
awk 'BEGIN { for (i = 0; i < 2000; i++)
	printf "flow esp out from 10.9.0.0/16 to %s.%d.%d.0/24 " \
	    "peer 192.0.2.9\n", 10, 100 + i / 256, i % 256 }' >"$W/many"
on ga ipsecctl -F -f "$W/many" || fail "$what: not loaded"
on ga ipsecctl -s flow | sort >"$W/shown"
sed 's/$/ type require/' "$W/many" | sort | cmp - "$W/shown" ||
    fail "$what: not all of them"
on ga ipsecctl -d -f "$W/many" || fail "$what: not deleted"
[ -z "$(on ga ipsecctl -s flow)" ] || fail "$what: flows after -d"
verdict
