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


# Nonsense: on the channels of the processes, and on the FIFO.

. ./daemon.sh
"./$CONF/junk" "$KERN/sbin/isakmpd" || failed=1
up
head -c 300000 /dev/urandom >"$W/junk"
timeout 10 sh -c 'cat "$1" >"$0"' "$fifo" "$W/junk" || fail "FIFO"
echo >"$fifo"
answers || { fail "it does not answer any more"; cp "$W/junk" /tmp; }
kill -0 "$daemon" || fail "it is gone"
kill "$daemon"
ended
exit $failed
