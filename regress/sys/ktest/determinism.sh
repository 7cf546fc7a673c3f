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


# determinism.sh: the same seed gives the same trace 20 times of 20, and
# other seeds give others.

set -u
: "${KREGRESS:?run by runtests.sh}" "${W:?}"
tests="mp_sec_flush mp_udp"
[ "$FULL" = 0 ] || tests="$tests mp_sec_h3_neighbours mp_arp"
export TMPDIR="$W" N=1 FULL=0

# trace TEST SEED
trace()
{
	BSD_KTEST=$1 timeout -k 1 30 "$KREGRESS/bsd" -s "$2" 2>&1 |
	    sed -n 's/^ok .*(\(trace .*switches\))$/\1/p'
}

for t in $tests; do
	: >"$W/all"
	for seed in 1 2 3; do
		i=0
		while [ $i -lt 20 ]; do
			trace "$t" $seed
			i=$((i + 1))
		done >"$W/traces"
		if [ "$(wc -l <"$W/traces")" -ne 20 ] ||
		    [ "$(sort -u "$W/traces" | wc -l)" -ne 1 ]; then
			echo "$t with -s $seed, 20 times:"
			sort "$W/traces" | uniq -c
			exit 1
		fi
		sort -u "$W/traces" >>"$W/all"
	done
	if [ "$(sort -u "$W/all" | wc -l)" -ne 3 ]; then
		echo "$t: three seeds should give three traces:"
		cat "$W/all"
		exit 1
	fi
done
