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


# Rules for isakmpd(8) on their way through its FIFO: whole lines in their
# order, or an error that says why not, and never a hang.  No kernel is asked.

set -u
umask 077
# With its full name: a function in the background has a shell of its own.
ipsecctl=${IPSECCTL:-$KERN/sbin/ipsecctl}
export UM_RUN="$W"
unset UM_SOCKET
fifo=$W/isakmpd.fifo
status=0
fail()
{
	echo "$*"
	status=1
}

# says text: the last command failed, and said so
says()
{
	[ $rc -eq 1 ] || fail "exit $rc, not 1"
	grep -qF "$1" "$W/err" || { fail "not said: $1"; cat "$W/err"; }
}

# load arguments: with errors to err and the status to rc
load()
{
	"$ipsecctl" "$@" >"$W/out" 2>"$W/err"
	rc=$?
	grep -q Sesame "$W/out" "$W/err" && fail "the key is shown"
}

# drain file: what is in the FIFO that is descriptor 3
drain()
{
	echo END >&3
	sed '/^END$/q' <&3 | sed '$d' >"$1"
}

# rules n number file: each makes more text than a FIFO takes at once
rules()
{
	awk -v n="$1" -v net="$2" 'BEGIN {
		for (i = 0; i < n; i++)
			printf("ike proto udp from 2001:db8:%d:%d::/64 port " \
			    "%d to 2001:db8:abcd:ef01::/64 port 53 local " \
			    "2001:db8:%d::8 peer 2001:db8:1:2:3:4:5:6 main " \
			    "lifetime 1h quick lifetime 1h srcid west.%s " \
			    "dstid east.%s psk Sesame\n", net, i, i + 1000,
			    net, "example.org", "example.org")
	}' >"$3"
	"$ipsecctl" -nv -f "$3" >"$3.want" || fail "$3"
	[ "$(wc -c <"$3.want")" -gt $((4096 * $1)) ] || fail "$3: short rules"
}

cat >"$W/two" <<END
ike interface sec0 local 192.0.2.8 peer 198.51.100.14 psk "Sesame"
ike interface sec1 local 192.0.2.8 peer 203.0.113.7 psk "Sesame"
END

# A daemon that has hung: what it holds are whole lines.  This waits for
# long, so that it goes on beside the rest.
mkfifo "$W/stuck"
rules 300 1 "$W/many"
(
	exec 4<>"$W/stuck"
	timeout 50 "$ipsecctl" -i "$W/stuck" -f "$W/many" 2>"$W/stuck.err"
	echo $? >"$W/stuck.rc"
	echo END >&4 &
	sed '/^END$/q' <&4 | sed '$d' >"$W/stuck.got"
	wait
) &
stuck=$!

# Nobody there, in all the ways.
nobody="isakmpd is not running (start it with isakmpd -K)"
load -f "$W/two"
says "ipsecctl: failed to add ike rule 0: $W/two: 1: /var/run/isakmpd.fifo:\
 $nobody"
says "ipsecctl: failed to add ike rule 1: $W/two: 2: /var/run/isakmpd.fifo:\
 $nobody"
mkfifo "$fifo"
load -f "$W/two"
says "failed to add ike rule 1: $W/two: 2: /var/run/isakmpd.fifo: $nobody"
load -d -f "$W/two"
says "failed to delete ike rule 0: $W/two: 1: /var/run/isakmpd.fifo: $nobody"
load -i "$W/none" -f "$W/two"
says "failed to add ike rule 0: $W/two: 1: $W/none: $nobody"

# What is no FIFO is not written to, and who else may read it matters.
echo text >"$W/file"
load -i "$W/file" -f "$W/two"
says "$W/file: is not a FIFO"
[ "$(cat "$W/file")" = text ] || fail "the file is changed"
load -i "$W" -f "$W/two"
says "$W: Is a directory"
mkfifo "$W/open"
chmod 622 "$W/open"
exec 3<>"$W/open"
load -i "$W/open" -f "$W/two"
says "$W/open: others may read or write it: chmod 600 it"
if [ "$(id -u)" -eq 0 ]; then
	chmod 600 "$W/open"
	chown 65534 "$W/open"
	load -i "$W/open" -f "$W/two"
	says "$W/open: owner not root or current user"
fi
drain "$W/got"
[ ! -s "$W/got" ] || fail "written to an open FIFO"

# A reader has it all, byte for byte; the key is in there alone.
exec 3<>"$fifo"
for opts in "" -d -v -vv; do
	"$ipsecctl" -nv $opts -f "$W/two" | sed 's/^@[0-9]* //' >"$W/want"
	load $opts -f "$W/two"
	[ $rc -eq 0 ] || { fail "$opts: exit $rc"; cat "$W/err"; }
	drain "$W/got"
	cmp "$W/want" "$W/got" || fail "$opts: not what -nv shows"
done
load -v -f "$W/two"
drain "$W/got"
grep -qx 'C set \[peer-203.0.113.7-local-192.0.2.8\]:Authentication=...' \
    "$W/out" || fail "-v does not tell what it sends"
"$ipsecctl" -kv -f "$W/two" | cmp - "$W/got" || fail "-kv hides something"
drain "$W/got"

# A file with an error is not sent at all.
{ cat "$W/two"; echo 'ike interface sec2 psk "two words"'; } >"$W/bad"
load -f "$W/bad"
says "$W/bad: 3: psk has white space in it"
drain "$W/got"
[ ! -s "$W/got" ] || fail "a bad file is sent"

# This machine's name is who a dynamic rule is.
echo 'ike dynamic interface sec0 peer 192.0.2.1' >"$W/dynamic"
load -nv -f "$W/dynamic"
name=$(uname -n)
for line in "[General]:Check-interval=30" "[General]:DPD-check-interval=5" \
    "[peer-192.0.2.1]:ID=id-$name" "[id-$name]:ID-type=FQDN" \
    "[id-$name]:Name=$name"; do
	grep -qxF "C set $line force" "$W/out" || fail "no $line"
done
exec 3>&-

# Many rules through a slow reader, which is another size than the writes.
rules 300 2 "$W/slow"
exec 3<>"$fifo"
(
	: >"$W/slow.got"
	until [ "$(tail -c 4 "$W/slow.got")" = END ]; do
		timeout 20 dd bs=9999 count=1 2>/dev/null || break
	done <&3 >>"$W/slow.got"
) &
reader=$!
load -f "$W/slow"
[ $rc -eq 0 ] || { fail "slow reader: exit $rc"; tail -n 1 "$W/err"; }
echo END >&3
wait $reader
sed '/^END$/d' "$W/slow.got" | cmp - "$W/slow.want" || fail "slow reader"

# Two at once: lines mix, and none is torn.
rules 60 3 "$W/one"
rules 60 4 "$W/other"
( timeout 20 sed '/^END$/q' <&3 >"$W/both" ) &
reader=$!
"$ipsecctl" -f "$W/one" &
one=$!
load -f "$W/other"
[ $rc -eq 0 ] || { fail "two at once: exit $rc"; tail -n 1 "$W/err"; }
wait $one || fail "the first of two"
echo END >&3
wait $reader
sed '/^END$/d' "$W/both" | sort >"$W/both.sorted"
sort "$W/one.want" "$W/other.want" | cmp - "$W/both.sorted" || fail "torn"

# A reader that goes away in the middle costs the rules that follow.
( exec 5<"$fifo" 3>&-; : >"$W/opened"; head -c 100000 <&5 >/dev/null ) &
reader=$!
i=0
until [ -e "$W/opened" ] || [ $((i += 1)) -gt 1000 ]; do
	sleep 0.01
done
exec 4>"$fifo" 3>&-
load -f "$W/slow"
exec 4>&-
says "failed to add ike rule 299: $W/slow: 300: /var/run/isakmpd.fifo: $nobody"
[ "$(wc -l <"$W/err")" -lt 299 ] || fail "no rule came through"
wait $reader

wait $stuck
[ "$(cat "$W/stuck.rc")" = 1 ] || fail "hung daemon: $(cat "$W/stuck.rc")"
grep -q "ike rule [0-9]*: $W/many: [0-9]*: $W/stuck: isakmpd does not read\
 it: it has [0-9]* of [0-9]* bytes of the rule\$" "$W/stuck.err" ||
    grep -q "ike rule [0-9]*: $W/many: [0-9]*: $W/stuck: isakmpd does not\
 read it\$" "$W/stuck.err" || { fail "hung daemon"; head -n 3 "$W/stuck.err"; }
head -c 40000 "$W/many.want" >"$W/want"
head -c 40000 "$W/stuck.got" | cmp - "$W/want" || fail "hung daemon's text"
grep -vxFf "$W/many.want" "$W/stuck.got" && fail "torn for a hung daemon"

exit $status
