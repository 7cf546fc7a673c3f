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


# live.sh: two gateways that negotiate by isakmpd(8) and ipsecctl(8), as
# gates.sh boots them; sourced.
#
#	rule NAME UNIT [mode [words]]	of the tunnel between ga and gb: both
#				are active unless told; the words go in front
#				of psk
#	conf NAME [text ...]	its ipsec.conf, each text a line, or stdin
#	load NAME [option ...]	the daemon is told of it
#	both [mode [words]]	rules for sec0, with the mode at gb
#	begin WHAT		daemons at both with their rules, and a tunnel
#	run NAME [option ...]	a daemon there that listens to its FIFO
#	cmd NAME line		by the FIFO
#	sas NAME		what S shows
#	report NAME		what r shows
#	stat NAME text		the number in front of it
PSK=mekmitasdigoat
DAEMON=isakmpd
. ../../../lib/gates.sh

rule()
{
	case $1 in
	ga)	a=1 b=2 ;;
	gb)	a=2 b=1 ;;
	esac
	echo "ike ${3:-active} interface sec$2 local 192.0.2.$a" \
	    "peer 192.0.2.$b ${4:-} psk \"$PSK$2\""
}

conf()
{
	name=$1
	shift
	if [ $# -gt 0 ]; then
		printf '%s\n' "$@"
	else
		cat
	fi >"$W/etc/$name/ipsec.conf"
}

load()
{
	name=$1
	shift
	on "$name" ipsecctl "$@" -f /etc/ipsec.conf ||
	    fail "$name: ipsecctl $* -f: exit $?"
}

both()
{
	rule gb 0 "${1:-passive}" "${2:-}" | conf gb
	rule ga 0 active "${2:-}" | conf ga
}

begin()
{
	for m in gb ga; do
		run $m
		load $m
	done
	up ga sec0
	up gb sec0
	await 5 through || fail "$1: nothing comes through"
}

run()
{
	daemon "$@" -K -v
	await 10 listens "$1" || fail "$1: isakmpd does not come"
}

# Who is killed leaves the FIFO, that nobody has open any more.
listens()
{
	[ -p "$W/$1/run/isakmpd.fifo" ] && dd if=/dev/null \
	    of="$W/$1/run/isakmpd.fifo" oflag=nonblock conv=nocreat,notrunc
}

cmd()
{
	listens "$1" 2>/dev/null || { fail "$1: nobody reads: $2"; return; }
	printf '%s\n' "$2" >"$W/$1/run/isakmpd.fifo"
}

# asked NAME command file: what it writes
asked()
{
	rm -f "$W/$1/run/$3"
	cmd "$1" "$2"
	await 10 test -e "$W/$1/run/$3" || { echo "no answer"; return; }
	cat "$W/$1/run/$3"
}

sas()
{
	asked "$1" S isakmpd.result
}

report()
{
	asked "$1" r isakmpd.report
}

stat()
{
	report "$1" | sed -n "s/^\([0-9]*\) $2\$/\1/p"
}
