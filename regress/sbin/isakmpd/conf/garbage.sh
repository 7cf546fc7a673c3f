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


# What another process gets over a socket may be anything, and so may a file;
# and a configuration of many connections takes no time to speak of.

set -u
here=$(pwd)
model=${MODEL:-$here/${CONF:-}/model}
N=${N:-1}
status=0

"$model" -g $((1500 * N)) file.in >"$W/out" 2>&1 || {
	cat "$W/out"
	status=1
}
"$model" -b $((1000 * N)) >"$W/out" 2>&1 || {
	cat "$W/out"
	status=1
}
exit $status
