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

# marks: I6

# Thousands of rules from one file, others at it at the same time, and
# listeners that do not listen.

set -u
[ -n "${UM_SOCKET:-}" ] || exec "$KERN/bsd" um0=inject: -- sh "$0"
umask 077
# With its full name: a function in the background has a shell of its own.
ipsecctl=${IPSECCTL:-$KERN/sbin/ipsecctl}
status=0
rules=$((10000 * N))
[ "$FULL" = 0 ] || rules=50000
fail()
{
	echo "$*"
	status=1
}

# rules n first-spi first-unit
rules()
{
	awk -v n="$1" -v spi="$2" -v unit="$3" 'BEGIN {
		k = "0x00112233445566778899aabbccddeeff"
		k2 = k "00112233445566778899aabbccddeeff"
		for (i = 0; i < n; i++)
			printf("esp from 192.0.2.8 to 198.51.100.14 spi " \
			    "%d:%d authkey %s:%s enckey %s:%s interface " \
			    "sec%d\n", spi + i, spi + i, k2, k2, k, k,
			    unit + i)
	}'
}

ifconfig um0 inet 192.0.2.8/24 up || exit 1
rules $rules 4096 0 >"$W/conf"

start=$(date +%s)
"$ipsecctl" -f "$W/conf" || fail "-f"
t=$(($(date +%s) - start))
echo "$rules rules in $t s"
"$ipsecctl" -ss >"$W/sas" || fail "-s sa"
[ "$(wc -l <"$W/sas")" -eq $((2 * rules)) ] ||
    fail "$(wc -l <"$W/sas") SAs of $((2 * rules))"
awk '{ print $8 }' "$W/sas" | LC_ALL=C sort -c || fail "not sorted"
n=$("$ipsecctl" -ss -v | grep -c '^	interface: sec[0-9]* direction out$')
[ "$n" -eq $rules ] || fail "$n of $rules SAs go out"

# Dumps while SAs come and go; each sees whole records.
rules 500 2000000 100000 >"$W/other"
for i in 1 2 3 4 5; do
	"$ipsecctl" -f "$W/other" && "$ipsecctl" -d -f "$W/other" ||
	    echo failed
done >"$W/churn" 2>&1 &
churn=$!
for i in 1 2 3 4 5; do
	n=$("$ipsecctl" -ss | wc -l)
	[ "$n" -ge $((2 * rules)) ] || fail "dump $i: $n lines"
done
wait $churn
[ ! -s "$W/churn" ] || { fail "load and delete"; cat "$W/churn"; }

# Two that load at once take their own answers, in spite of a monitor that
# has stopped.
"$ipsecctl" -m >"$W/monitor" 2>"$W/lost" &
monitor=$!
# when it begins to listen is its own affair
i=0
until [ -s "$W/monitor" ]; do
	i=$((i + 1))
	[ $i -lt 300 ] || { fail "the monitor hears nothing"; break; }
	"$ipsecctl" -d -f "$W/other" 2>/dev/null
	sleep 0.1
done
kill -STOP $monitor
rules 1000 3000000 200000 >"$W/third"
"$ipsecctl" -f "$W/other" >"$W/o1" 2>&1 &
o1=$!
"$ipsecctl" -f "$W/third" || fail "second loader"
wait $o1 || { fail "first loader"; cat "$W/o1"; }
kill -CONT $monitor
n=$("$ipsecctl" -ss | wc -l)
[ "$n" -eq $((2 * rules + 3000)) ] || fail "$n SAs"
i=0
while :; do
	n=$(grep -c '^sadb_add: ' "$W/monitor")
	[ "$n" -lt 3000 ] && ! grep -q 'messages lost' "$W/lost" || break
	i=$((i + 1))
	[ $i -lt 300 ] || {
		fail "monitor: $n of 3000 messages, and no word of it"
		break
	}
	sleep 0.1
done
kill $monitor
wait $monitor 2>/dev/null

"$ipsecctl" -d -f "$W/third" || fail "-d"
"$ipsecctl" -F || fail "-F"
[ -z "$("$ipsecctl" -ss)" ] || fail "SAs after -F"
exit $status
