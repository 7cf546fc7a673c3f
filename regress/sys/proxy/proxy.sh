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

# proxy.sh -l | case: the cases of client and attack, each with a kernel of
# its own, which must not leak.

set -u
client=./$CONF/client
device=./$CONF/device
attack=./attack/$CONF/attack

kernel()
{
	BSD_LEAKS=1 exec bsd -j 2 -- sh -c \
	    'ifconfig lo0 inet 127.0.0.1/8 && exec "$@"' sh "$@"
}

# Say what is missing in one line, once, and fail with an error.
nokernel()
{
	"$client" datagram 2>"$W/err" && { echo "it worked"; exit 1; }
	cat "$W/err"
	[ "$(grep -c 'no um kernel' "$W/err")" -eq 1 ] || exit 1
	grep -q "$1; start one with bsd(8)\$" "$W/err" || exit 1
}

case $1 in
-l)
	"$client" -l | sed 's,.*,client-& mp,'
	"$device" -l | sed 's,.*,device-& mp,'
	for c in garbage calls die kill; do
		echo "attack-$c mp"
	done
	echo attack-stall
	echo nokernel
	;;
device-*)
	kernel "$device" "${1#device-}" ;;
client-*)
	kernel "$client" "${1#client-}" ;;
attack-*)
	kernel "$attack" "${1#attack-}" ;;
nokernel)
	unset UM_SOCKET
	nokernel 'UM_SOCKET is not set'
	export UM_SOCKET="$W/nosuch"
	nokernel "$W/nosuch: No such file or directory"
	;;
*)
	echo "no case $1"
	exit 1
	;;
esac
