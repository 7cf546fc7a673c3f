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

# smoke.sh: the measurements run, all figures are there, and the table
# says so when one does not hold; a measurement that fails comes to an end.

set -u
out=$W/table

fail()
{
	echo "smoke: $*" >&2
	exit 1
}

# The row's figures from what the kernels would have said.
table()
{
	printf '%s\n' "hz 1000000000" "$@" | awk -f table.awk 2>&1
}

QUICK=yes N=1 LIMITS=no KBENCH=$KREGRESS JSON=$W/json sh bench.sh >"$out" ||
    fail "bench.sh failed"
[ "$(head -n 1 "$out" | cut -f 1)" = "# name" ] || fail "no heading"
for d in output input forward; do
	for c in aes-128-gcm aes-256-gcm aes-128-cbc-hmac-sha2-256; do
		for s in 64 512 1400; do
			echo "$d/$c/$s"
			echo "$d/$c/$s/gbit"
		done
	done
done >"$W/names"
for c in aes-128-gcm aes-256-gcm chacha20-poly1305 \
    aes-128-cbc-hmac-sha2-256; do
	for s in 64 512 1400 9000; do
		echo "cipher/$c/$s"
	done
done >>"$W/names"
printf '%s\n' scale/sas-2000 scale/sas-2000/input wakeups/1000 >>"$W/names"
sort "$W/names" >"$W/want"
sed 1d "$out" | cut -f 1 | sort -u >"$W/have"
diff "$W/want" "$W/have" || fail "the names are not these"
sed 1d "$out" | awk -F '\t' 'NF != 9 || ($1 !~ /^wakeups/ && ($2 <= 0 ||
    $6 <= 0)) || $5 <= 0 || $9 < 5 { print; bad = 1 } END { exit bad }' ||
    fail "rows without a figure"
word='"[^"]*"'
num='[0-9.]+'
json="\\{\"name\":$word,\"ours\":$num,\"unit\":$word,\"peer\":$word,"
json="$json\"peers\":$num,\"ratio\":$num,\"low\":$num,\"high\":$num,"
grep -qvxE "$json\"runs\":$num\\}" "$W/json" &&
    fail "lines that are not JSON"
[ "$(wc -l <"$W/json")" -eq "$(sed 1d "$out" | wc -l)" ] ||
    fail "the JSON has other rows"

# what leaves by a sink does not come in again
BSD_KTEST=bench_input BSD_REALTIME=1 FULL=0 N=1 timeout -k 1 30 \
    "$KREGRESS/bsd" um0=inject:sink >"$W/t" 2>&1
rc=$?
[ $rc -eq 1 ] || fail "a measurement that failed ended with $rc, not 1"
grep -q 'packets got lost' "$W/t" || fail "it does not say what failed"

table "sample scale/sas-10 clocks one-sa 14900 10000" >/dev/null ||
    fail "a ratio of 1.49 does not hold"
table "sample scale/sas-10 clocks one-sa 15100 10000" >"$W/t" &&
    fail "a ratio of 1.51 holds"
grep -q '^bench: scale/sas-10: ratio 1.510' "$W/t" || fail "it is not named"
table "provider cipher/aes-128-gcm/1400 gcm-avx512" \
    "sample output/aes-128-gcm/1400 clocks ipsec-mb 21000 10000" >"$W/t" &&
	fail "output at 2.1 times another's cipher holds"
table "sample cipher/aes-128-gcm/64 clocks openssl 10100 10000" >"$W/t" &&
	fail "a cipher slower than openssl's holds"
table "sent 1 forward/x/64 1 1000 9 4 1" "received 1 1000 9 5 9" \
    >"$W/t" && fail "5 wakeups per 1000 packets hold"
table "sent 1 forward/x/64 1 1000 9 4 1" "received 1 999 9 0 9" >"$W/t" &&
    fail "a lost packet holds"
grep -q 'of 1000 packets 999 arrived' "$W/t" || fail "the loss is not named"
exit 0
