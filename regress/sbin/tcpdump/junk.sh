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


# Packets that are wrong in some bytes, or not all there, and captures that
# are: tcpdump prints something, and ends.

set -u
: "${TOP:=../../..}" "${CONF:=GENERIC}" "${N:=1}" "${FULL:=0}"
: "${SEED:=$(od -A n -N 4 -t u4 /dev/urandom | tr -d ' ')}"
[ -n "${W:-}" ] || { W=$(mktemp -d); trap 'rm -rf "$W"' EXIT; }
tcpdump=$TOP/sbin/tcpdump/$CONF/tcpdump
count=$((1000 * N))
[ "$FULL" = 0 ] || count=$((count * 50))
failed=0

fail()
{
	echo "$* (SEED=$SEED)"
	failed=1
}

for i in ether inet6 loop enc raw; do
	"$CONF/mkpcap" -j $count -s "$SEED" <$i.in >"$W/junk"
	for opts in "-nv" "-eqX" "-vv -e"; do
		$tcpdump $opts -r "$W/junk" >"$W/out" 2>"$W/err" ||
		    fail "$i $opts: exit $?: $(head -n 20 "$W/err")"
		[ ! -s "$W/err" ] || fail "$i $opts: $(head -n 20 "$W/err")"
		lines=$(grep -c '^[0-9][0-9]:[0-9][0-9]:' "$W/out")
		[ "$lines" -eq $count ] || fail "$i $opts: $lines lines"
		LC_ALL=C grep -q '[^ -~	]' "$W/out" &&
		    fail "$i $opts: control characters"
	done
	# the file itself is damaged: 0 or 1, and at most one line of error
	for j in 1 2 3 4; do
		head -c 3000 "$W/junk" | awk -v seed="$SEED$j" '
		    BEGIN { srand(seed) } { print int(rand() * 3000) }' |
		    head -n 5 >"$W/places"
		head -c 3000 "$W/junk" >"$W/bad"
		while read -r place; do
			printf '\377' | dd of="$W/bad" bs=1 seek="$place" \
			    conv=notrunc 2>/dev/null
		done <"$W/places"
		$tcpdump -nv -r "$W/bad" >/dev/null 2>"$W/err"
		rc=$?
		[ $rc -le 1 ] && [ "$(wc -l <"$W/err")" -le 1 ] ||
		    fail "$i: damaged: exit $rc: $(head -n 20 "$W/err")"
	done
done
exit $failed
