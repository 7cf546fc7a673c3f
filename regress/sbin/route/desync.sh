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

# desync.sh: a monitor that sleeps while more happens than fits into its
# socket is told that it has lost messages, and hears the next one again.

set -u
if [ "${1:-}" != inside ]; then
	exec bsd um0=inject: -- sh "$0" inside
fi

# after at most 30 seconds
wait_for()
{
	i=0
	until grep -q "$1" "$W/messages"; do
		i=$((i + 1))
		if [ $i -eq 300 ]; then
			echo "no $1 in what route monitor printed"
			tail -n 20 "$W/messages"
			kill $pid
			exit 1
		fi
		sleep 0.1
	done
}

ifconfig lo1 create
ifconfig lo1 inet 192.0.2.1/32
: >"$W/messages"
route -n monitor >>"$W/messages" &
pid=$!
until grep -q RTM_GET "$W/messages"; do
	route -qn get 203.0.113.1
	sleep 0.05
done

# Messages of 192 bytes: the kernel's queue takes 64 kilobytes, and the
# host's behind it some hundred messages.
kill -STOP $pid
"./$CONF/flood" 192.0.2.1 3000
kill -CONT $pid
wait_for RTM_DESYNC
route -qn add 10.254/16 192.0.2.1
wait_for 'destination 10.254/16'
kill $pid
wait $pid 2>/dev/null
exit 0
