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


# Every cipher and every MAC that a policy can name and the kernel has, each
# in a tunnel of its own; what the kernel does not have is refused in words.

. ./live.sh

list()
{
	for e in 3des aes-128 aes-192 aes-256 aes-128-ctr aes-192-ctr \
	    aes-256-ctr null; do
		for a in sha1 sha2-256 sha2-384 sha2-512; do
			case $e.$a in
			# each of both once, but not each pair
			aes-128.*|*.sha1|null.sha2-384|aes-256-ctr.sha2-512)
				echo "enc $e auth hmac-$a" ;;
			esac
		done
	done
	for e in aes-128-gcm aes-192-gcm aes-256-gcm aes-128-gmac \
	    aes-192-gmac aes-256-gmac chacha20-poly1305; do
		echo "enc $e"
	done
}

# as ipsecctl(8) shows it: auth first
shown()
{
	echo "$1" | sed 's/\(enc [^ ]*\) \(auth .*\)/\2 \1/
	    s/aes-128$/aes/; s/3des/3des-cbc/
	    s/aes-128-ctr/aesctr/'
}

units=$(seq 0 $(($(list | wc -l) - 1)))
pair $units
n=0
for m in ga gb; do
	: >"$W/$m.conf"
done
while read -r words; do
	for m in ga gb; do
		policy $m $n "childsa $words" >>"$W/$m.conf"
	done
	n=$((n + 1))
done <<END
$(list)
END
for m in ga gb; do
	conf $m <"$W/$m.conf"
done
daemon gb
daemon ga
up ga $(for u in $units; do echo "sec$u"; done)
one_pair ga $n
on ga ipsecctl -s sa >"$W/shown"
n=0
while read -r words; do
	says "$W/shown" " $(shown "$words")\$"
	on ga ping -q -c 1 -w 2 "169.254.$n.2" >/dev/null ||
	    fail "nothing comes through: $words"
	n=$((n + 1))
done <<END
$(list)
END
[ $n -ge 20 ] || fail "$n are not all"

for none in 'enc blowfish' 'enc cast auth hmac-sha1' \
    'enc aes-128 auth hmac-md5'; do
	policy ga 0 "childsa $none" | conf ga
	on ga iked -n >"$W/out" 2>&1 && fail "taken: $none"
	says "$W/out" \
	    'this kernel has no such transform for ESP: childsa can be'
done
undaemon ga
undaemon gb
verdict
