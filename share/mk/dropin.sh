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

# dropin.sh: compile if_sec.c as OpenBSD's kernel does, against the sys
# tree SYSDIR, with every set of options that changes the file.  Its own
# if_sec.h goes before the tree's.

set -eu

[ -n "${SYSDIR:-}" ] || {
	echo "dropin: skipped, SYSDIR does not name an OpenBSD sys tree"
	exit 0
}
SYSDIR=$(cd "$SYSDIR" && pwd) || exit 1
[ -f "$SYSDIR/sys/mbuf.h" ] && [ -d "$SYSDIR/arch/amd64/include" ] || {
	echo "dropin: $SYSDIR is not an OpenBSD sys tree" >&2
	exit 1
}
command -v clang >/dev/null || {
	echo "dropin: clang is not installed (make deps-test)" >&2
	exit 1
}

top=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
cd "$dir"
ln -s "$SYSDIR/arch/amd64/include" machine
ln -s "$SYSDIR/arch/amd64/include" amd64
mkdir -p own/net
cp "$top/sys/net/if_sec.h" own/net
echo '#define NSEC 1' >sec.h
# The header must stand alone: ip_ipsp.c and ipsec_input.c include it at
# different points.
printf '#include <sys/types.h>\n%s\n%s\n' '#include <net/if_sec.h>' \
    '#include <net/if_sec.h>' >header.c
failed=0

# compile title count-of-bpfilter-and-pf option ...
compile()
{
	title=$1
	echo "#define NBPFILTER $2" >bpfilter.h
	echo "#define NPF $2" >pf.h
	shift 2
	for f in header.c "$top/sys/net/if_sec.c"; do
		clang -target x86_64-unknown-openbsd7.9 -nostdinc -Iown \
		    -I"$SYSDIR" -I. -I"$SYSDIR/arch" -DIPSEC -DCRYPTO "$@" \
		    -DMAXUSERS=80 -D_KERNEL -Werror -Wall -Wno-pointer-sign \
		    -Wframe-larger-than=2047 \
		    -Wno-address-of-packed-member \
		    -Wno-constant-conversion \
		    -Wno-unused-but-set-variable -Wno-gnu-folding-constant \
		    -mcmodel=kernel -mno-red-zone -mno-sse -mno-mmx \
		    -msoft-float -ffreestanding -fno-pie -O2 -c "$f" \
		    -o out.o || {
			echo "dropin: failed: $title"
			failed=1
			return
		}
	done
	echo "dropin: ok: $title"
}

for d in "" -DDIAGNOSTIC; do
	all="-DINET6 -DMPLS -DMULTIPROCESSOR"
	compile "no options${d:+ $d}" 1 $d
	compile "INET6${d:+ $d}" 1 -DINET6 $d
	compile "INET6 MPLS${d:+ $d}" 1 -DINET6 -DMPLS $d
	compile "INET6 MPLS MULTIPROCESSOR${d:+ $d}" 1 $all $d
	compile "the same without bpf and pf${d:+ $d}" 0 $all $d
done
exit $failed
