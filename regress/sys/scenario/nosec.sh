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

# marks: S1

# A kernel without "pseudo-device sec" builds, boots, routes and encrypts
# nothing; it says that it has no such interface.

. ../../lib/lib.sh

[ "$CONF" = GENERIC ] || { echo "built with GENERIC only"; exit 77; }

# A copy of the sources, for objects of its own; the kernel need not be fast.
mkdir "$W/sys"
(cd "$TOP/sys" && tar cf - --exclude=./arch/um/compile .) |
    tar xf - -C "$W/sys"
ln -s "$TOP/regress" "$W/regress"
um=$W/sys/arch/um
if ! (cd "$um" && sh conf/config.sh NOSEC && cd compile/NOSEC &&
    ${MAKE:-make} COPTS=-O0 all) >"$W/make" 2>&1; then
	grep -A 4 error "$W/make" || tail -n 9 "$W/make"
	fail "NOSEC does not build"
	exit 1
fi
ln -s "$KERN/sbin" "$um/compile/NOSEC/sbin"
[ ! -e "$um/compile/NOSEC/if_sec.o" ] || fail "if_sec.c was compiled"
KERN=$um/compile/NOSEC

machine a um0=wire:"$W/w"
machine b um0=wire:"$W/w"
booted
on a ifconfig sec0 create 2>"$W/err" && fail "sec0 can be made"
grep -q 'sec0' "$W/err" && [ "$(wc -l <"$W/err")" -eq 1 ] ||
    fail "ifconfig sec0 create: $(cat "$W/err")"
on a ifconfig -C | grep -qw sec && fail "sec is on the list of cloners"
on a ifconfig um0 inet6 2001:db8::1 2>"$W/err" && fail "IPv6 is there"
grep -q 'Address family not supported' "$W/err" ||
    fail "ifconfig um0 inet6: $(cat "$W/err")"
on a ifconfig um0 192.0.2.1/24
on b ifconfig um0 192.0.2.2/24
on a ping -q -c 2 -i 0.01 -w 2 192.0.2.2 >/dev/null || fail "no traffic"
# An SA may name an interface that does not exist here, as on any kernel.
echo "esp from 192.0.2.1 to 192.0.2.2 spi 0x1000:0x1001" \
    "enc aes-128-gcm enckey 0x$(random 20):0x$(random 20)" \
    "testonly interface sec0" >"$W/conf"
on a ipsecctl -f "$W/conf" 2>"$W/err" || fail "ipsecctl: $(cat "$W/err")"
[ "$(on a ipsecctl -s sa | wc -l)" -eq 2 ] || fail "no SAs"
on a ipsecctl -F
on a ping -q -c 2 -i 0.01 -w 2 192.0.2.2 >/dev/null || fail "no traffic"
verdict
