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

# Another implementation of ESP at the other end of the wire: scapy decrypts
# what the gateway sends, and the gateway what scapy sends, packet by packet.

. ../lib/lib.sh

python=/usr/bin/python3
[ -x $python ] || { echo "no $python"; exit 77; }
HOME=$W $python -I esp_scapy.py -n || exit 77

# suite UNIT CIPHER [esn]: a line for the gateway, in ipsec.conf's grammar,
# and one for the peer.
suite()
{
	sec=$1 cipher=$2 esn=${3:-}
	auth="auth hmac-sha2-256" a="$(random 32):$(random 32)"
	case $cipher in
	aes-128) n=16 ;;
	aes-256) n=32 ;;
	aes-128-gcm) n=20 auth=testonly a= ;;
	aes-256-gcm) n=36 auth=testonly a= ;;
	esac
	e=$(random $n):$(random $n)
	spi=$((spi + 2))
	echo "esp from 192.0.2.1 to 192.0.2.2 spi $spi:$((spi + 1))" \
	    "$auth enc $cipher enckey 0x$(echo $e | sed 's/:/:0x/')" \
	    ${a:+"authkey 0x$(echo $a | sed 's/:/:0x/')"} $esn \
	    "interface sec$sec" >>"$W/ipsec.conf"
	echo "$sec $cipher ${esn:--} $spi:$((spi + 1)) $e ${a:-:}" \
	    >>"$W/suites"
	echo "ifconfig sec$sec create
	    ifconfig sec$sec 169.254.$sec.1/30 169.254.$sec.2 up
	    route -qn add 10.2.$sec.0/24 169.254.$sec.2" >>"$W/config"
}

machine ga um0=wire:"$W/out" um1=wire:"$W/in"
booted
router ga 192.0.2.1 10.1.0.1
unit=0
for cipher in aes-128 aes-256 aes-128-gcm aes-256-gcm; do
	suite $unit $cipher
	suite $((unit + 1)) $cipher esn
	unit=$((unit + 2))
done
on ga sh -e "$W/config" || fail "ga is not configured"
on ga ipsecctl -f "$W/ipsec.conf" 2>"$W/warnings" ||
    fail "$(cat "$W/warnings")"

HOME=$W $python -I esp_scapy.py $((patience / 2)) "$W/out" "$W/in" \
    "$W/suites" "$KERN/bsd" -a "$W/ga" -- || fail "scapy disagrees"
verdict
