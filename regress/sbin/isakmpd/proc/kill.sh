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


# Processes that are killed, one after the other, and then the kernel.

. ./daemon.sh

# all or none
for c in ca ike; do
	up
	others=$(ps -o pid= --ppid "$daemon")
	kill -KILL "$(child $c)"
	ended 1
	says "$W/log" "lost child: $c was ended by signal 9"
	for p in $others; do
		await 5 eval "! kill -0 $p" || fail "$c: $p stays"
	done
done

# the children go with their parent, and it can be started again at once,
# whatever files it has left
for i in 1 2 3; do
	up
	others=$(ps -o pid= --ppid "$daemon")
	kill -KILL "$daemon"
	wait "$daemon" 2>/dev/null
	[ -p "$fifo" ] || fail "this is no test"
done
up
for p in $others; do
	await 5 eval "! kill -0 $p" || fail "$p outlives its parent"
done
down

# a kernel of its own, which goes
mkdir "$W/etc"
"$KERN/bsd" -D -d "$W/m" -e "$W/etc" um0=inject: >/dev/null 2>&1 &
kernel=$!
await 20 test -e "$W/m/up" || fail "no kernel"
"$KERN/bsd" -a "$W/m" -- isakmpd -dK -f - <"$W/m/up" 2>"$W/log" &
daemon=$!
logs "isakmpd: starting"
await 5 eval 'ps -o args= --ppid $daemon | grep -q "isakmpd: ike"'
sleep 0.3
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
exit $failed
