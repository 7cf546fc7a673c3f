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

# What showtest makes of each of its kernels, compared with showtest.ok.

set -u
here=$(pwd)
showtest=${SHOWTEST:-$here/$CONF/showtest}

# run words: numbers are OPT_ of ipsecctl.h; 4 is -v, 12 -vv, 16 -k, 32 -c
run()
{
	echo "== $*"
	"$showtest" "$@" 2>&1
	echo "exit $?"
}

{
	run none
	run flows
	run flows 12
	run flows 32
	run products
	run products 32
	run products 44
	run sas
	run sas 16
	run sas 28
	run grow 3
	run grow 50
	for i in 1 2 3 4 5; do
		run wrong $i
	done
} >"$W/out"
[ -z "${UPDATE:-}" ] || cp "$W/out" "$here/showtest.ok"
diff -u "$here/showtest.ok" "$W/out"
