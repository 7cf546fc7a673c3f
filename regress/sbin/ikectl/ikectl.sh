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


# What ikectl(8) asks, prints and returns; no kernel is needed.

set -u
ikectl=$KERN/sbin/ikectl
fake=./$CONF/fakeiked
export UM_RUN="$W/run"
unset UM_SOCKET
mkdir "$UM_RUN"
status=0
fail()
{
	echo "$*"
	status=1
}

# does mode rc request output command ...
does()
{
	mode=$1 rc=$2 want=$3 out=$4
	shift 4
	rm -f "$UM_RUN/iked.sock"
	"$fake" "$mode" >"$W/request" &
	pid=$!
	i=0
	until [ -S "$UM_RUN/iked.sock" ]; do
		i=$((i + 1))
		[ $i -lt 600 ] || { fail "no socket"; break; }
		sleep 0.05
	done
	"$ikectl" "$@" >"$W/out" 2>"$W/err"
	got=$?
	[ $got -eq "$rc" ] || fail "$*: exit $got, not $rc"
	wait $pid
	[ "$(cat "$W/request")" = "$want" ] ||
	    fail "$*: asked $(cat "$W/request"), not $want"
	[ "$(tr '\n' , <"$W/out")" = "$out" ] ||
	    fail "$*: printed $(cat "$W/out"), not $out"
}

# refuses text command ...
refuses()
{
	text=$1
	shift
	"$ikectl" "$@" >"$W/out" 2>"$W/err" && fail "$*: worked"
	[ ! -s "$W/out" ] || fail "$*: printed something"
	[ "$(tr '\n' , <"$W/err" | tr -d ' ')" = "$text" ] ||
	    { fail "$*: did not say $text"; cat "$W/err"; }
}

refuses "ikectl:connect:/var/run/iked.sock:Nosuchfileordirectory," show sa
does ok 0 '1 0 <>' one,two, show sa
does ok 0 '1 1 <>' one,two, -j sh sa
does ok 0 '2 0 <>' one,two, s st
does ok 0 '2 3 <>' one,two, -qj show stats
does ok 0 '3 0 <>' one,two, -q show cert
does ok 0 '4 0 <>' one,two, rel
does ok 0 "5 0 <$(pwd)/Makefile>" one,two, load Makefile
does ok 0 '5 0 </etc/x>' one,two, loa /etc/x
does ok 0 '6 0 <>' one,two,reset\ request\ sent., reset all
does ok 0 '7 0 <>' one,two, -q reset ca
does ok 0 '8 0 <>' one,two,reset\ request\ sent., res pol
does ok 0 '9 0 <>' one,two,reset\ request\ sent., reset sa
does ok 0 '10 0 <FQDN/foo>' one,two,reset\ request\ sent., reset id FQDN/foo
does fail 1 '10 0 <x>' '' reset id x
grep -q '^ikectl: no such peer$' "$W/err" || fail "error not printed"
does ok 0 '11 0 <>' one,two, couple
does ok 0 '12 0 <>' one,two, dec
does ok 0 '13 0 <>' one,two, a
does ok 0 '14 0 <>' one,two, passive
does ok 0 '15 0 <>' one,two,logging\ request\ sent., log b
does ok 0 '16 0 <>' one,two,logging\ request\ sent., log verbose
does close 1 '17 0 <>' one, mon
grep -q 'iked has closed the connection' "$W/err" || fail "close not seen"
does junk 1 '1 0 <>' '' show sa
grep -q 'this is not iked' "$W/err" || fail "junk not seen"
does big 0 '1 0 <>' "$(printf %16384s '' | tr ' ' x)" show sa

# monitor waits
rm -f "$UM_RUN/iked.sock"
"$ikectl" monitor >"$W/out" 2>"$W/err" &
pid=$!
i=0
until grep -q 'waiting for iked' "$W/err"; do
	i=$((i + 1))
	[ $i -lt 600 ] || { fail "monitor does not say that it waits"; break; }
	sleep 0.05
done
"$fake" ok >/dev/null
wait $pid || fail "monitor did not wait"

refuses validcommands/args:,reload,reset, re
refuses validcommands/args:,sa,stats, show s
refuses validcommands/args:,brief,verbose, log
refuses "validcommands/args:,<file>," load
refuses "ikectl:y:oneargumenttoomany," reset id x y
refuses 'ikectl:-jgoeswith"showsa"and"showstats"only,' -j reload
"$ikectl" ca foo create 2>&1 | grep -q '^ikectl: ca: .*openssl(1)' ||
    fail "ca"
"$ikectl" -x 2>&1 | grep -q '^usage: ikectl \[-jq\] \[-s socket\]' ||
    fail "usage"
"$ikectl" -s "/$(printf %200s '' | tr ' ' x)" couple 2>&1 |
    grep -q '103 bytes at most' || fail "long socket"
exit $status
