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

# daemon.sh: what the tests of isakmpd's processes are made of; sourced.  It
# is iked's, see there, with another daemon:
#
#	up [option ...]			a daemon in the foreground, as $daemon,
#					that logs to $W/log
#	ended [code]			it ends within seconds, nothing stays
#	down [code]			ends it
#	say line ...			to its FIFO
#	answers				it has done all that was said
#	logs text			it says so, soon
#	child NAME			its process

. ../../iked/proc/daemon.sh
fifo=$UM_RUN/isakmpd.fifo
result=$UM_RUN/isakmpd.result

say()
{
	timeout 10 sh -c 'printf "%s\n" "$@" >"$0"' "$fifo" "$@" ||
	    fail "the FIFO does not take: $*"
}

answers()
{
	rm -f "$result"
	[ -p "$fifo" ] && say S && await 10 test -s "$result"
}

logs()
{
	await 5 grep -qF -e "$1" "$W/log" || says "$W/log" "$1"
}

up()
{
	: >"$W/log"
	isakmpd -dK "$@" 2>"$W/log" &
	daemon=$!
	await 20 test -p "$fifo" && answers && return
	fail "it does not start"
	cat "$W/log"
	exit 1
}

ended()
{
	await 10 eval "! kill -0 $daemon" || fail "$daemon does not end"
	wait "$daemon"
	code=$?
	[ $code -eq "${1:-0}" ] || { fail "exit $code"; cat "$W/log"; }
	for f in fifo pid; do
		[ ! -e "$UM_RUN/isakmpd.$f" ] || fail "its $f is still there"
	done
}

down()
{
	kill "$daemon"
	ended "$@"
	says "$W/log" "isakmpd: shutting down..."
	says "$W/log" "isakmpd: exit"
}

child()
{
	ps -o pid= -o args= --ppid "$daemon" |
	    awk -v a="isakmpd: $1" '$2 " " $3 == a { print $1 }'
}
