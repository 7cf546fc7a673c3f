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

# monitor.sh: what route monitor prints of what happens, in order, from a
# kernel of its own; without times, sizes and process ids.

set -u
# A change of flags and one of the link are told apart, by messages that may
# be equal and whose order is open: of equal neighbours one counts.
if [ "${1:-}" != inside ]; then
	bsd um0=inject: -- sh "$0" inside || exit 1
	sed -e '1,/destination 203.0.113.2/d' \
	    -e 's/^got message.*/got message/' -e 's/pid [0-9]*/pid N/' \
	    -e 's/seq [0-9]*/seq N/' "$W/messages" |
	    awk 'BEGIN { RS = ""; ORS = "\n\n" } $0 != last { print }
		{ last = $0 }' >"$W/out"
	diff -u monitor.ok "$W/out"
	exit
fi

# A destination that the messages tell of, after at most 30 seconds.
heard()
{
	i=0
	until grep -q "destination $1" "$W/messages"; do
		i=$((i + 1))
		[ $i -lt 300 ] || return 1
		sleep 0.1
	done
}

ifconfig lo1 create
ifconfig lo1 inet 192.0.2.1/32
: >"$W/messages"
route -n monitor >>"$W/messages" &
pid=$!

# When it begins to listen is its own affair.
until grep -q 'destination 203.0.113.1' "$W/messages"; do
	route -qn get 203.0.113.1
	sleep 0.1
done
route -qn get 203.0.113.2
heard 203.0.113.2

ifconfig sec0 create
ifconfig sec0 inet 169.254.229.42/30 169.254.229.41
ifconfig sec0 link0 up
route -qn add 10/8 169.254.229.41 -label blue
route -qn add 10/8 169.254.229.41
route -qn change 10/8 -mtu 1300
route -qn get 10.1.1.1
route -qn delete 10/8
ifconfig sec0 down
ifconfig sec0 inet 169.254.229.42 delete
ifconfig sec0 destroy
route -qn get 192.0.2.1 >/dev/null

heard 192.0.2.1
kill $pid
wait $pid 2>/dev/null
exit 0
