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

# Policies against scapy's IPsec: AH with each hash, ESP in transport mode,
# and both around packets between hosts, every plaintext compared; and what
# was in the clear, forged or sent twice is not answered.
# deadline: 120

. ../lib/lib.sh

python=/usr/bin/python3
[ -x $python ] || { echo "no $python"; exit 77; }
HOME=$W $python -B -I flow_scapy.py -n || exit 77

host=1
# suite ah|esp MODE CIPHER KEYLEN HASH KEYLEN SCAPY'S-CIPHER SCAPY'S-HASH
suite()
{
	host=$((host + 1)) spi=$((spi + 2))
	peer=192.0.2.$host
	e='' a=''
	[ "$4" = 0 ] || e="$(random "$4"):$(random "$4")"
	[ "$6" = 0 ] || a="$(random "$6"):$(random "$6")"
	{
		echo "flow $1 from 192.0.2.1 to $peer"
		echo "$1 $2 from 192.0.2.1 to $peer spi $spi:$((spi + 1))" \
		    ${a:+"auth $5 authkey 0x$(echo $a | sed 's/:/:0x/')"} \
		    ${e:+"enc $3 enckey 0x$(echo $e | sed 's/:/:0x/')"} \
		    $([ -n "$a" ] || echo testonly)
	} >>"$W/ipsec.conf"
	echo "$peer $1 $2 $7 $8 $spi:$((spi + 1)) ${e:-:} ${a:-:}" \
	    >>"$W/suites"
}

machine ga um0=wire:"$W/out"
booted
suite ah transport - 0 hmac-sha1 20 - HMAC-SHA1-96
suite ah transport - 0 hmac-sha2-256 32 - SHA2-256-128
suite ah transport - 0 hmac-sha2-384 48 - SHA2-384-192
suite ah transport - 0 hmac-sha2-512 64 - SHA2-512-256
suite ah tunnel - 0 hmac-sha2-256 32 - SHA2-256-128
suite esp transport aes-128 16 hmac-sha1 20 AES-CBC HMAC-SHA1-96
suite esp transport aes-256 32 hmac-sha2-512 64 AES-CBC SHA2-512-256
suite esp transport aes-256-gcm 36 - 0 AES-GCM -
suite esp tunnel aes-128-gcm 20 - 0 AES-GCM -
on ga ifconfig um0 192.0.2.1/24
on ga ipsecctl -f "$W/ipsec.conf" 2>"$W/warnings" ||
    fail "$(cat "$W/warnings")"
HOME=$W $python -B -I flow_scapy.py $((patience / 2)) "$W/out" "$W/suites" \
    "$KERN/bsd" -a "$W/ga" -- || fail "scapy disagrees"
verdict
