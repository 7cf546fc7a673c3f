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


# The FIFO while much comes by it, from several writers: each line counts,
# nonsense harms nothing, and what is asked is answered.

. ./live.sh

n=$((300 * N))

# writer NAME: lines as one write each, which is how they do not mix
writer()
{
	i=0
	while [ $i -lt $n ]; do
		echo "C set [load-$1]:tag$((i % 50))=$i force"
		case $((i % 10)) in
		3)	echo "C add [load-$1]:list=item$i" ;;
		5)	echo "S" ;;
		6)	echo "r" ;;
		7)	echo "C get [load-$1]:tag$((i % 50))" ;;
		8)	echo "nonsense $i" ;;
		9)	echo "C set [load-$1" ;;
		esac
		i=$((i + 1))
	done >"$W/lines.$1"
	while read -r line; do
		printf '%s\n' "$line"
	done <"$W/lines.$1" >"$W/ga/run/isakmpd.fifo"
}

# value SECTION tag: as C get writes it
value()
{
	asked ga "C get [$1]:$2" isakmpd.result
}

# What was asked for before may be answered first.
holds()
{
	[ "$(value "$1" "$2")" = "$3" ]
}

lists()
{
	[ "$(value "$1" list | tr , '\n' | grep -c item)" -eq "$2" ]
}

pair
both
begin "the tunnel"
pinger 0
writers=
for w in a b c; do
	writer $w &
	writers="$writers $!"
done
wait $writers
for w in a b c; do
	last=$(sed -n 's/.*:tag\([0-9]*\)=\([0-9]*\) force/\1 \2/p' \
	    "$W/lines.$w" | tail -n 1)
	await 10 holds load-$w "tag${last% *}" "${last#* }" ||
	    fail "$w: $(value load-$w "tag${last% *}") is not $last"
	await 10 lists load-$w $((n / 10)) || fail "$w: $(value load-$w list)"
done
refused=$(grep -c '^fifo: nonsense .*there is no such command' \
    "$W/ga.isakmpd")
[ "$refused" -eq $((3 * n / 10)) ] || fail "$refused lines refused"
head -c 3000 /dev/zero | tr '\0' x >"$W/ga/run/isakmpd.fifo"
cmd ga ''
says "$W/ga.isakmpd" 'a line of more than 1023 characters'
head -c 20000 /dev/urandom >"$W/ga/run/isakmpd.fifo"
cmd ga ''
[ "$(value load-a tag0)" != "no answer" ] || fail "it does not read any more"
for f in result report; do
	[ "$(command stat -c %a "$W/ga/run/isakmpd.$f")" = 600 ] ||
	    fail "others may read isakmpd.$f"
done
grep -q "$PSK" "$W/ga/run/isakmpd.report" "$W/ga.isakmpd" &&
    fail "the key is shown"
pinged 0
[ "$sent" -gt 0 ] && [ $lost -eq 0 ] || fail "$lost pings lost of $sent"
cmd ga Q
await 10 gone "$(cat "$W/ga.isakmpd.pid")" || fail "Q is not the end"
wait "$(cat "$W/ga.isakmpd.pid")" || fail "Q: exit $?"
await 5 eval '! active gb sec0' || fail "Q: the other end is not told"
verdict
