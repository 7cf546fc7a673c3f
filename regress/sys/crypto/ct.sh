#!/bin/sh
#
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

# sys/crypto has no branch and no address that depends on a secret: run it
# under memcheck with the secrets marked undefined, as each compiler that is
# here builds it.  CTCC names the compilers, default: gcc clang.  The same
# for the providers of arch/um whose instructions memcheck knows; with the
# first compiler only, unless FULL=1.

here=$(cd "$(dirname "$0")" && pwd) || exit 1
sys=$here/../../../sys

if ! command -v valgrind >/dev/null || [ ! -f /usr/include/valgrind/memcheck.h ]
then
	echo "skipped: valgrind is not installed"
	exit 77
fi

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$tmp/inc"
ln -s "$sys/arch/um/include" "$tmp/inc/machine"

build_providers()
{
	providers=-DPROVIDERS
	simd="-isystem $($cc -print-file-name=include)"
	for f in aesni chacha_avx2 gcm_aesni shani x86; do
		$cc $kflags $simd -D_MM_MALLOC_H_INCLUDED \
		    -DX86_PUBLIC=ct_public -include "$here/ct.h" \
		    -c "$sys/arch/um/um/crypto_$f.c" -o "$tmp/$f.o" ||
		    return 1
	done
}

build()
{
	cc=$1
	rm -f "$tmp"/*.o
	for f in aes chacha20 chachapoly cryptosoft des gcm ghash gmac hmac \
	    poly1305 sha1 sha2; do
		$cc $kflags -c "$sys/crypto/$f.c" -o "$tmp/$f.o" || return 1
	done
	providers=
	[ $tried -gt 1 ] && [ "${FULL:-0}" = 0 ] || build_providers || return 1
	$cc $kflags $providers -c "$here/ct.c" -o "$tmp/ct.o" &&
	$cc -O2 -c "$here/ct_main.c" -o "$tmp/ct_main.o" &&
	$cc -o "$tmp/ct" "$tmp"/*.o
}

check()
{
	valgrind -q --error-exitcode=99 "$tmp/ct" "$@" >"$tmp/log" 2>&1
}

kflags="-O2 -gdwarf-4 -std=gnu11 -nostdinc -ffreestanding
    -fno-strict-aliasing -D_KERNEL -I$sys -I$tmp/inc"
tests="aes ctr des gcm gmac chachapoly hmac esp"
tried=0
for cc in ${CTCC:-gcc clang}; do
	command -v "$cc" >/dev/null || continue
	tried=$((tried + 1))
	build "$cc" || { echo "$cc: cannot build"; exit 1; }
	for t in leak-branch leak-index; do
		check $t
		rc=$?
		if [ $rc -ne 99 ]; then
			cat "$tmp/log"
			echo "$cc: planted fault $t was not reported ($rc)"
			exit 1
		fi
	done
	if ! check $tests; then
		cat "$tmp/log"
		echo "$cc: time depends on a secret"
		exit 1
	fi
	echo "$cc: $tests are clean; esp with" $(cat "$tmp/log")
done
if [ $tried -eq 0 ]; then
	echo "skipped: no compiler of ${CTCC:-gcc clang}"
	exit 77
fi
