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

# Sizes, offsets and numbers, in the kernel's headers and in those programs
# see, are the ones of abi.ok: OpenBSD's.

set -eu
: "${TOP:=../../..}" "${CC:=cc}"
[ -n "${W:-}" ] || { W=$(mktemp -d); trap 'rm -rf "$W"' EXIT; }
opts="-std=gnu11 -Wall -Wextra -Werror"

mkdir "$W/inc"
ln -s "$(cd "$TOP/sys/arch/um/include" && pwd)" "$W/inc/machine"

$CC $opts -nostdinc -ffreestanding -fno-strict-aliasing -D_KERNEL \
    -I"$TOP/sys" -I"$W/inc" -c -o "$W/kernel.o" abi.c
$CC $opts -U_FORTIFY_SOURCE -I"$TOP/sys/arch/um/user/include" \
    -c -o "$W/user.o" abi.c
$CC $opts -o "$W/abi" print.c "$W/kernel.o" "$W/user.o"

for side in -k -u; do
	echo "abi $side"
	"$W/abi" $side | diff -u abi.ok -
done
