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


# Every configuration that isakmpd.conf(5) shows is one without a complaint.

set -u
here=$(pwd)
model=${MODEL:-$here/${CONF:-}/model}
man=${MAN5:-$here/../../../../sbin/isakmpd/isakmpd.conf.5}
cd "$W" || exit 1
awk '/^\.Bd -literal/ { n++; first = 1; next }
/^\.Ed/ { keep = 0 }
first { keep = /^\[/; first = 0 }
keep { print >("example" n) }' "$man"
status=0
count=0
for f in example*; do
	count=$((count + 1))
	if ! "$model" "$f" >out 2>err || [ -s err ] ||
	    ! grep -q '^connection .* sec' out; then
		cat "$f" err out
		status=1
	fi
done
if [ $count -ne 2 ]; then
	echo "$count examples, not 2"
	status=1
fi
exit $status
