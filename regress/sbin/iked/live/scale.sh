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


# Many tunnels on one daemon: how long until all are up, and what each costs
# in memory.
# marks: alone

. ./live.sh

n=$((100 * N))
[ "$FULL" = 0 ] || n=$((1000 * N))
units=$(pwd)/../../../sys/scenario/$CONF/units

# KiB of all processes of a daemon
kib()
{
	p=$(cat "$W/$1.iked.pid")
	for p in "$p" $(ps -o pid= --ppid "$p"); do
		awk '/^VmRSS:/ { print $2 }' "/proc/$p/status"
	done | awk '{ n += $1 } END { print n }'
}

links()
{
	on "$1" ifconfig | awk '/^[a-z]/ { sec = /^sec/ }
	sec && /status: active/ { n++ }
	END { print n + 0 }'
}

linked()
{
	sleep 0.2
	[ "$(links "$1")" -eq "$n" ]
}

pair 0
conf ga 'set passive'
conf gb 'set passive'
daemon ga
await 10 on ga ikectl show stats || fail "no daemon"
idle=$(kib ga)
undaemon ga
for m in ga gb; do
	on $m sh -ec 'ifconfig sec0 destroy; "$1" create "$2"' - "$units" $n
	for u in $(seq 0 $((n - 1))); do
		policy $m "$u"
	done | conf $m
done
daemon gb -v
await 10 on gb ikectl show stats || fail "no daemon"
begin=$(date +%s%N)
daemon ga -v
await 60 linked ga && await 60 linked gb ||
    fail "not all up: $(links ga) $(links gb) of $n"
took=$((($(date +%s%N) - begin) / 1000000))
[ "$CONF" != GENERIC ] || [ $took -lt 60000 ] || fail "it took $took ms"
for m in ga gb; do
	each=$((($(kib $m) - idle) * 1024 / n))
	echo "$m: $n tunnels in $took ms, $each bytes each"
	[ "$CONF" != GENERIC ] || [ $each -lt 65536 ] ||
	    fail "$m: a tunnel costs $each bytes"
	one_pair $m $n
	[ "$(sas $m 'sum(x["state"] == "ESTABLISHED" for x in s)')" -eq $n ] ||
	    fail "$m: not $n SAs"
done
for u in 0 $((n / 2)) $((n - 1)); do
	on ga ifconfig sec$u 10.9.0.1/30 10.9.0.2
	on gb ifconfig sec$u 10.9.0.2/30 10.9.0.1
	on ga ping -q -c 3 -i 0.02 -w 1 10.9.0.2 >/dev/null ||
	    fail "sec$u carries nothing"
	on ga ifconfig sec$u -inet
	on gb ifconfig sec$u -inet
done
undaemon ga
undaemon gb
verdict
