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


# A kernel that dies takes no tool along and leaves none spinning: each of
# them ends, and says why where there is a reason to.

set -u
: "${W:?run by runtests.sh}"
failed=0

# until COMMAND: wait for it to succeed, at most 30 seconds
until_true()
{
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || return 1
		sleep 0.05
	done
}

gone()
{
	! kill -0 "$1" 2>/dev/null
}

bsd -D -d "$W/k" um0=inject: >"$W/log" 2>&1 &
kernel=$!
until_true [ -e "$W/k/up" ] || { cat "$W/log"; exit 1; }
bsd -a "$W/k" -- ifconfig lo0 127.0.0.1/8
bsd -a "$W/k" -- ping -i 0.2 127.0.0.1 >"$W/ping" 2>&1 &
ping=$!
bsd -a "$W/k" -- route monitor >"$W/route" 2>&1 &
route=$!
bsd -a "$W/k" -- ipsecctl -m >"$W/ipsecctl" 2>&1 &
ipsecctl=$!
until_true grep -q 'icmp_seq=1' "$W/ping" || { cat "$W/ping"; failed=1; }
kill -9 $kernel
wait $kernel 2>/dev/null
for pid in $ping $route $ipsecctl; do
	if ! until_true gone $pid; then
		echo "still runs: $(tr '\0' ' ' <"/proc/$pid/cmdline")"
		kill -9 $pid
		failed=1
	fi
done
for tool in ping ipsecctl; do
	grep -q 'the kernel is gone' "$W/$tool" || {
		echo "$tool did not say that the kernel is gone:"
		cat "$W/$tool"
		failed=1
	}
done
exit $failed
