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


# race.sh: the thread sanitizer must see the race of planted_race, or its
# silence about everything else would prove nothing.
# marks: mp

set -u
: "${KREGRESS:?run by runtests.sh}" "${W:?}"
[ "$CONF" = TSAN ] || { echo "only with CONF=TSAN"; exit 77; }
export TMPDIR="$W"
for tokens in 1 4; do
	BSD_KTEST=planted_race TSAN_OPTIONS=exitcode=66 \
	    timeout -k 1 100 "$KREGRESS/bsd" -j $tokens -s 1 >"$W/out" 2>&1
	rc=$?
	if [ $rc -ne 66 ] || ! grep -q 'data race' "$W/out" ||
	    ! grep -q 'mp_racer' "$W/out"; then
		echo "-j $tokens: the planted race was not reported (exit $rc):"
		cat "$W/out"
		exit 1
	fi
done
