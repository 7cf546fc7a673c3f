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

# daemon.sh: what the tests of the daemon's processes are made of; sourced.
# The script that does it runs again inside a kernel, and not as root: root
# stands for "whose kernel it is" there.
#
#	config NAME [policy ...]	$W/NAME, with a policy for sec0 at least
#	up [option ...]			a daemon in the foreground, as $daemon,
#					that logs to $W/log
#	down [code]			ends it; it exits with 0, or the code
#	child NAME			its process
#	says FILE text			the file has it
#	await SECONDS command ...	until it succeeds, three times as long
#					when the machine has much to do
#	fail text			say what is wrong, and go on

set -u
if [ -z "${UM_SOCKET:-}" ] && [ "${AS:-user}" = user ] &&
    [ "$(id -u)" = 0 ]; then
	chown 65534 "$W"
	setpriv --reuid=65534 --regid=65534 --clear-groups \
	    test -x "$KERN/bsd" -a -r "$0" || {
		echo "nobody but root can read the tree"
		exit 77
	}
	exec setpriv --reuid=65534 --regid=65534 --clear-groups sh "$0"
fi
[ -n "${UM_SOCKET:-}" ] || exec "$KERN/bsd" um0=inject: -- sh "$0"
umask 077
failed=0
daemon=

fail()
{
	echo "$*"
	failed=1
}

await()
{
	tries=$(($1 * 150))
	shift
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.02
	done
}

says()
{
	grep -qF -e "$2" "$1" || { fail "not said: $2"; cat "$1"; }
}

config()
{
	f=$W/$1
	shift
	{
		echo 'ikev2 "zero" from any to any local 192.0.2.1' \
		    'peer 192.0.2.2 psk "open sesame" iface sec0'
		for p; do
			echo "$p"
		done
	} >"$f"
}

up()
{
	iked -d "$@" 2>"$W/log" &
	daemon=$!
	await 20 ikectl show stats && return
	fail "it does not start"
	cat "$W/log"
	exit 1
}

# ended [code]: within seconds, and nothing stays
ended()
{
	await 10 eval "! kill -0 $daemon" || fail "$daemon does not end"
	wait "$daemon"
	code=$?
	[ $code -eq "${1:-0}" ] || { fail "exit $code"; cat "$W/log"; }
	[ ! -e "$UM_RUN/iked.sock" ] || fail "its socket is still there"
}

down()
{
	kill "$daemon"
	ended "$@"
	says "$W/log" "parent terminating"
}

child()
{
	ps -o pid= -o args= --ppid "$daemon" |
	    awk -v a="iked: $1" '$2 " " $3 == a { print $1 }'
}

ifconfig lo1 create
ifconfig lo1 inet 192.0.2.1/32
ifconfig sec0 create
