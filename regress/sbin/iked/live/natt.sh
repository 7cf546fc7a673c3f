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


# ESP in UDP and without it, by each of the words and options that say so.

. ./live.sh

# both_ways WHAT [daemon option ...]: a tunnel comes up and carries
both_ways()
{
	what=$1
	shift
	seen=$("$PCAPLS" "$W/wire.pcap" | wc -l)
	daemon gb -v "$@"
	daemon ga -v "$@"
	up ga sec0
	up gb sec0
	through || fail "$what: nothing comes through"
	[ "$(sas ga 's[0]["udpencap"]')" = "$encap" ] &&
	    [ "$(sas gb 's[0]["udpencap"]')" = "$encap" ] ||
	    fail "$what: udpencap is not $encap: $(on ga ikectl -j show sa)"
	undaemon ga
	undaemon gb
	"$PCAPLS" "$W/wire.pcap" | sed "1,${seen}d" | grep -v ARP >"$W/frames"
}

# frames WHAT wanted unwanted: patterns
frames()
{
	grep -q -e "$2" "$W/frames" || fail "$1: no $2: $(cat "$W/frames")"
	grep -e "$3" "$W/frames" && fail "$1: $3"
}

bare=' ESP .* seq [0-9]* len'

pair
both
encap=False
both_ways "plain"
frames "plain" ' ESP 192.0.2.1 > 192.0.2.2 spi' ' udp '

sed -i 's/active/active natt/; s/passive/passive natt/' "$W"/etc/*/iked.conf
encap=True
both_ways "natt"
frames "natt" ' ESP 192.0.2.1 > 192.0.2.2 .* udp len' "$bare"
frames "natt" ' ESP 192.0.2.2 > 192.0.2.1 .* udp len' "$bare"
frames "natt" ' IKE 192.0.2.1 > 192.0.2.2 IKE_SA_INIT request len' "$bare"
frames "natt" ' IKE 192.0.2.1 > 192.0.2.2 IKE_AUTH request udp' \
    'IKE_AUTH request len'
[ "$(counter ga 'output UDP encapsulated ESP' -p esp)" -ge 3 ] ||
    fail "netstat: $(on ga netstat -s -p esp)"

both
both_ways "-t" -t
frames "-t" ' ESP 192.0.2.1 > 192.0.2.2 .* udp len' "$bare"
frames "-t" ' IKE 192.0.2.2 > 192.0.2.1 IKE_SA_INIT response udp len' \
    ' IKE .* re[a-z]* len'

for m in ga gb; do
	on $m sysctl -q net.inet.esp.udpencap_port=4511
done
both_ways "-p" -p 4511
frames "-p" ' IP 192.0.2.1 > 192.0.2.2 proto 17' ' IKE \| ESP '
for m in ga gb; do
	on $m sysctl -q net.inet.esp.udpencap_port=4500
done

encap=False
both_ways "-T" -T
frames "-T" ' ESP 192.0.2.1 > 192.0.2.2 spi' ' udp '
verdict
