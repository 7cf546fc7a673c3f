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


# Every cipher and every MAC that a rule can name and the kernel has, each in
# a connection of its own; errors.sh has those that the kernel does not have.

. ./live.sh

list()
{
	for a in sha1 sha2-256 sha2-384 sha2-512; do
		echo "esp enc aes auth hmac-$a"
		echo "ah auth hmac-$a"
	done
	for e in 3des aes-192 aes-256 aesctr aes-192-ctr aes-256-ctr null; do
		echo "esp enc $e auth hmac-sha1"
	done
	for e in aes-128-gcm aes-192-gcm aes-256-gcm aes-128-gmac \
	    aes-192-gmac aes-256-gmac; do
		echo "esp enc $e"
	done
	# in phase 1, too
	echo "esp enc aes-256 auth hmac-sha2-512"
}

# as ipsecctl(8) shows it: auth first
shown()
{
	echo "$1" | sed 's/^esp \(enc [^ ]*\) \(auth .*\)/esp .* \2 \1/
	    s/^\(esp\|ah\) \([ea]\)/\1 .* \2/; s/3des/3des-cbc/'
}

# rules NAME mode
rules()
{
	case $1 in
	ga)	a=1 b=2 ;;
	gb)	a=2 b=1 ;;
	esac
	n=0
	list | while read -r proto words; do
		echo "ike $2 $proto from 10.$a.$n.0/24 to 10.$b.$n.0/24" \
		    "local 192.0.2.$a peer 192.0.2.$b main enc 3des" \
		    "auth hmac-sha2-384 group ecp384" \
		    "quick $words group none psk $PSK"
		n=$((n + 1))
	done
}

pair
six
n=$(list | wc -l)
nets "$n"
rules gb passive | conf gb
rules ga active | conf ga
for m in gb ga; do
	run $m
	load $m 2>/dev/null	# 3des is weak, it warns
done
one_pair ga "$n"
on ga ipsecctl -s sa >"$W/shown"
n=0
while read -r words; do
	says "$W/shown" "^$(shown "$words")\$"
	on ga ping -q -c 1 -w 2 -I "10.1.$n.1" "10.2.$n.1" >/dev/null ||
	    fail "nothing comes through: $words"
	n=$((n + 1))
done <<END
$(list)
END
[ $n -ge 20 ] || fail "$n are not all"
undaemon ga
undaemon gb
verdict
