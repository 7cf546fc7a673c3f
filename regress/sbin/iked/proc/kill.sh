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
config a.conf
children_killed -f "$W/a.conf"
parent_killed -f "$W/a.conf"

kernel_own
"$KERN/bsd" -a "$W/m" -- ifconfig sec0 create
"$KERN/bsd" -a "$W/m" -- iked -d -f "$W/a.conf" 2>"$W/log" &
daemon=$!
await 20 "$KERN/bsd" -a "$W/m" -- ikectl show stats || fail "no daemon"
kernel_gone
exit $failed
