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

# What a daemon asks of a kernel, what the kernel refuses and why, and what
# is seen when the kernel ends.

set -u
test=./$CONF/kerneltest
case ${1:-} in
inside)
	ifconfig um0 inet 192.0.2.8/24 up || exit 1
	ifconfig sec0 create || exit 1
	ifconfig sec0 inet 10.9.0.1 10.9.0.2 up || exit 1
	"$test" || exit 1
	ipsecctl -F
	"./$CONF/refusetest" || exit 1
	ipsecctl -F
	"$test" off >"$W/out" 2>"$W/err" &
	echo $! >"$W/pid"
	i=0
	until grep -q ready "$W/out"; do
		i=$((i + 1))
		[ $i -lt 400 ] || exit 1
		sleep 0.1
	done
	exit 0
	;;
esac
"$KERN/bsd" um0=inject: -- sh "$0" inside || exit 1
i=0
while kill -0 "$(cat "$W/pid")" 2>/dev/null; do
	i=$((i + 1))
	[ $i -lt 300 ] || { echo "it does not see the end"; exit 1; }
	sleep 0.1
done
grep -v 'no um kernel' "$W/err" && exit 1
exit 0
