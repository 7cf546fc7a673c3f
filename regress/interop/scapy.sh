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

# suite CIPHER HASH|- [esn]: a line for the gateway, in ipsec.conf's grammar,
# and one for the peer.
suite()
{
	cipher=$1 hash=$2 esn=${3:-}
	case $hash in
	-)		auth= a= ;;
	hmac-sha1)	n=20 ;;
	hmac-sha2-256)	n=32 ;;
	hmac-sha2-384)	n=48 ;;
	hmac-sha2-512)	n=64 ;;
	esac
	[ $hash = - ] || { auth="auth $hash" a="$(random $n):$(random $n)"; }
	static=
	case $cipher in
	aes-128)	n=16 ;;
	aes-192)	n=24 ;;
	aes-256)	n=32 ;;
	3des)		n=24 ;;
	aes-128-*)	n=20 static=testonly ;;
	aes-192-*)	n=28 static=testonly ;;
	aes-256-*|chacha*)	n=36 static=testonly ;;
	esac
	e=$(random $n):$(random $n)
	spi=$((spi + 2))
	echo "esp from 192.0.2.1 to 192.0.2.2 spi $spi:$((spi + 1))" \
	    "$auth enc $cipher enckey 0x$(echo $e | sed 's/:/:0x/')" \
	    ${a:+"authkey 0x$(echo $a | sed 's/:/:0x/')"} $static $esn \
	    "interface sec$unit" >>"$W/ipsec.conf"
	echo "$unit $cipher $hash ${esn:--} $spi:$((spi + 1)) $e ${a:-:}" \
	    >>"$W/suites"
	echo "ifconfig sec$unit create
	    ifconfig sec$unit 169.254.$unit.1/30 169.254.$unit.2 up
	    route -qn add 10.2.$unit.0/24 169.254.$unit.2" >>"$W/config"
	unit=$((unit + 1))
}

machine ga um0=wire:"$W/out" um1=wire:"$W/in"
booted
router ga 192.0.2.1 10.1.0.1
unit=0
for esn in '' esn; do
	suite aes-128 hmac-sha2-256 $esn
	suite aes-256 hmac-sha2-256 $esn
	suite aes-128-gcm - $esn
	suite aes-256-gcm - $esn
	suite chacha20-poly1305 - $esn
done
suite 3des hmac-sha1
suite 3des hmac-sha2-256 esn
suite aes-128-ctr hmac-sha1 esn
suite aes-256-ctr hmac-sha2-384
suite aes-192 hmac-sha2-384 esn
suite aes-192 hmac-sha2-512
suite aes-192-gcm -
on ga sh -e "$W/config" || fail "ga is not configured"
on ga ipsecctl -f "$W/ipsec.conf" 2>"$W/warnings" ||
    fail "$(cat "$W/warnings")"

HOME=$W $python -I esp_scapy.py $((patience / 2)) "$W/out" "$W/in" \
    "$W/suites" "$KERN/bsd" -a "$W/ga" -- || fail "scapy disagrees"
verdict
