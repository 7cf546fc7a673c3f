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

# proc.sh: what the tests of a daemon's processes are made of; sourced by the
# daemon.sh beside them.  The script that does it runs again inside a kernel,
# and not as root: root stands for "whose kernel it is" there.  With AS=root
# it is root of the host, who has a list of users of its own, with a user for
# the daemon.
#
# In:	DAEMON		its name
#	FLAGS		to have it in the foreground
#	CHILDREN	names of its processes
#	LEFT		files in $UM_RUN that may not outlive it
#	runs		a function: whether it answers
#	goodbye		another, that looks for its last words
#
#	up [option ...]		a daemon in the foreground, as $daemon, that
#				logs to $W/log
#	down [code]		ends it; it exits with 0, or the code
#	ended [code]		it ends within seconds, with 0 or the code,
#				and nothing stays
#	child NAME		its process
#	says FILE text		the file has it
#	logs text		so does the log, soon
#	await SECONDS command ...	until it succeeds, three times as long
#					when the machine has much to do
#	fail text		say what is wrong, and go on
#
# Tests that need nothing else of a daemon; options are those of up:
#
#	children_are		all run
#	children_signaled	signals for the parent do nothing to them
#	children_killed [option ...]	one after the other: all or none
#	parent_killed [option ...]	they go with it, and it comes back
#	kernel_own; kernel_gone	a kernel in $W/m; it goes, and $daemon misses it
#	rooted [directory]	ca has that as its root, others have nothing,
#				and nobody is root (AS=root)

set -u
# The user's number is nobody's, we hope.
USERID=64242

as_nobody()
{
	chown 65534 "$W"
	setpriv --reuid=65534 --regid=65534 --clear-groups \
	    test -x "$KERN/bsd" -a -r "$0" || {
		echo "nobody but root can read the tree"
		exit 77
	}
	exec setpriv --reuid=65534 --regid=65534 --clear-groups sh "$0"
}

# In a name space of its own, if that can be had.
as_root()
{
	if [ "${1:-}" != inside ]; then
		unshare -m true 2>/dev/null || {
			echo "unshare -m: no"
			exit 77
		}
		exec unshare -m sh "$0" inside
	fi
	mount --make-rprivate /
	sed "/^_$DAEMON:/d" /etc/passwd >"$W/passwd"
	chmod 644 "$W/passwd"
	mount --bind "$W/passwd" /etc/passwd || { echo "no mount"; exit 77; }
	"$KERN/bsd" um0=inject: -- "$DAEMON" $FLAGS 2>"$W/err"
	[ $? -eq 1 ] && grep -q "$DAEMON: unknown user _$DAEMON: useradd " \
	    "$W/err" || { cat "$W/err"; exit 1; }
	echo "_$DAEMON:x:$USERID:$USERID::/var/empty:/usr/sbin/nologin" \
	    >>"$W/passwd"
}

if [ -z "${UM_SOCKET:-}" ]; then
	if [ "${AS:-user}" = root ]; then
		as_root "$@"
	elif [ "$(id -u)" = 0 ]; then
		as_nobody
	fi
	exec "$KERN/bsd" um0=inject: -- sh "$0"
fi
umask 077
failed=0
daemon=
# where root has been given up there is no /proc to look into for leaks
[ "${AS:-user}" != root ] ||
    export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"

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

logs()
{
	await 5 grep -qF -e "$1" "$W/log" || says "$W/log" "$1"
}

up()
{
	: >"$W/log"
	"$DAEMON" $FLAGS "$@" 2>"$W/log" &
	daemon=$!
	await 20 runs && return
	fail "it does not start"
	cat "$W/log"
	exit 1
}

down()
{
	kill "$daemon"
	ended "$@"
	goodbye
}

ended()
{
	await 10 eval "! kill -0 $daemon" || fail "$daemon does not end"
	wait "$daemon"
	code=$?
	[ $code -eq "${1:-0}" ] || { fail "exit $code"; cat "$W/log"; }
	for f in $LEFT; do
		[ ! -e "$UM_RUN/$f" ] || fail "$f is still there"
	done
}

child()
{
	ps -o pid= -o args= --ppid "$daemon" |
	    awk -v a="$DAEMON: $1" '$2 " " $3 == a { print $1 }'
}

children_are()
{
	for c in $CHILDREN; do
		[ -n "$(child "$c")" ] || fail "no process $c"
	done
}

children_signaled()
{
	for c in $CHILDREN; do
		for s in HUP INT TERM USR1; do
			kill -$s "$(child "$c")"
		done
	done
}

children_killed()
{
	for c in $CHILDREN; do
		up "$@"
		others=$(ps -o pid= --ppid "$daemon")
		kill -KILL "$(child "$c")"
		ended 1
		says "$W/log" "lost child: $c terminated; signal 9"
		for p in $others; do
			await 5 eval "! kill -0 $p" || fail "$c: $p stays"
		done
	done
}

# At once, whatever files it has left.
parent_killed()
{
	for i in 1 2 3; do
		up "$@"
		others=$(ps -o pid= --ppid "$daemon")
		kill -KILL "$daemon"
		wait "$daemon" 2>/dev/null
		for f in $LEFT; do
			[ -e "$UM_RUN/$f" ] || fail "$f: this is no test"
		done
	done
	up "$@"
	for p in $others; do
		await 5 eval "! kill -0 $p" || fail "$p outlives its parent"
	done
	down
}

kernel_own()
{
	mkdir "$W/etc"
	"$KERN/bsd" -D -d "$W/m" -e "$W/etc" um0=inject: >/dev/null 2>&1 &
	kernel=$!
	await 20 test -e "$W/m/up" || fail "no kernel"
}

kernel_gone()
{
	kill -KILL $kernel
	wait $kernel 2>/dev/null
	await 10 eval "! kill -0 $daemon" || fail "it does not miss its kernel"
	wait $daemon
	[ $? -eq 1 ] || fail "exit $?"
	[ "$(grep -c 'the kernel is gone' "$W/log")" = 1 ] || {
		fail "what it says"
		cat "$W/log"
	}
	grep 'lost child' "$W/log" && fail "this is not the child's fault"
}

# field PID name
field()
{
	sed -n "s/^$2:[	 ]*//p" "/proc/$1/status"
}

rooted()
{
	for c in $CHILDREN; do
		p=$(child "$c")
		for f in Uid Gid; do
			[ "$(field "$p" $f | tr -s '\t' ' ')" = \
			    "$USERID $USERID $USERID $USERID" ] ||
			    fail "$c has $f $(field "$p" $f)"
		done
		[ "$(field "$p" Groups | tr -d ' ')" = $USERID ] ||
		    fail "$c is in more groups"
		if [ "$c" = ca ] && [ -n "${1:-}" ]; then
			[ "/proc/$p/root" -ef "$1" ] ||
			    fail "ca is in $(readlink "/proc/$p/root")"
		else
			[ -z "$(ls -A "/proc/$p/root/")" ] ||
			    fail "$c is in $(readlink "/proc/$p/root")"
		fi
	done
}

ifconfig lo1 create
ifconfig lo1 inet 192.0.2.1/32
ifconfig sec0 create
