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


# bsd -D with an /etc/rc.local: when it is run, what becomes of its status,
# and that what it leaves running ends before the kernel does.

set -u
: "${W:?run by runtests.sh}"
failed=0
mkdir "$W/etc"

fail()
{
	echo "$*"
	failed=1
}

# await COMMAND ...: until it succeeds, at most 60 seconds
await()
{
	for i in $(seq 1200); do
		! "$@" || return 0
		sleep 0.05
	done
	fail "waited in vain for: $*"
	return 1
}

gone()
{
	! kill -0 "$1" 2>/dev/null
}

boot()
{
	bsd -D -d "$W/m" -e "$W/etc" um0=inject: >"$W/out" 2>"$W/err" &
	kernel=$!
}

# ended STATUS: that is what bsd ends with, and the kernel with it
ended()
{
	wait $kernel
	rc=$?
	[ $rc -eq "$1" ] || { fail "exit $rc, not $1"; cat "$W/err"; }
	[ ! -e "$W/m/up" ] || fail "up is there"
}

# After netstart, with its environment, and before "up".
case_order()
{
	echo 'inet 192.0.2.1/24' >"$W/etc/hostname.um0"
	cat >"$W/etc/rc.local" <<-END
	ls "$W/m" >"$W/ls"
	ifconfig um0 >"$W/if"
	command -v ifconfig >"$W/which"
	END
	boot
	await test -e "$W/m/up"
	grep -q 'inet 192.0.2.1 ' "$W/if" || { fail um0; cat "$W/if"; }
	! grep -qx up "$W/ls" || fail "up was there before"
	grep -q '/sbin/ifconfig$' "$W/which" || fail "$(cat "$W/which")"
	kill $kernel
	ended 0
}

# It has the last word, but not if netstart fails.
case_fails()
{
	echo 'exit 3' >"$W/etc/rc.local"
	boot
	ended 3
	echo 'no such word' >"$W/etc/hostname.um0"
	echo "echo >$W/ran" >"$W/etc/rc.local"
	boot
	ended 1
	[ ! -e "$W/ran" ] || fail "rc.local was run nevertheless"
}

# A signal meanwhile is for it; what it had started ends, too.
case_meanwhile()
{
	cat >"$W/etc/rc.local" <<-END
	sh -c 'echo \$\$ >"$W/pid"; exec sleep 100' &
	sleep 101
	END
	boot
	await test -s "$W/pid"
	kill $kernel
	ended 143
	await gone "$(cat "$W/pid")" || kill "$(cat "$W/pid")"
}

# One that has left everything behind still has the kernel in its last hour,
# and all of them have ended when bsd has, however they were started.
case_daemons()
{
	cat >"$W/daemon" <<-END
	bye()
	{
		sleep 0.3
		ifconfig lo0 >"$W/bye"
		exit 0
	}
	trap bye TERM
	echo \$\$ >"$W/pid"
	while :; do
		sleep 0.1
	done
	END
	cat >"$W/etc/rc.local" <<-END
	(setsid sh "$W/daemon" </dev/null >/dev/null 2>&1 &)
	sleep 100 &
	echo \$! >"$W/pid2"
	END
	boot
	await test -e "$W/m/up"
	await test -s "$W/pid"
	kill $kernel
	ended 0
	for p in $(cat "$W/pid" "$W/pid2"); do
		gone "$p" || { fail "$p is left"; kill -KILL "$p"; }
	done
	grep -q '^lo0: ' "$W/bye" || fail "it had no kernel in the end"
}

# One that does not want to.
case_stubborn()
{
	cat >"$W/etc/rc.local" <<-END
	sh -c 'trap "" TERM; echo \$\$ >"$W/pid"; while :; do sleep 1; done' &
	END
	boot
	await test -e "$W/m/up"
	await test -s "$W/pid"
	kill $kernel
	ended 0
	await gone "$(cat "$W/pid")" || kill -KILL "$(cat "$W/pid")"
}

case_"$1"
exit $failed
