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


# print.sh name: packets of name.in as tcpdump prints them, in four ways and
# from files of either byte order.

set -u
: "${TOP:=../../..}" "${CONF:=GENERIC}"
[ -n "${W:-}" ] || { W=$(mktemp -d); trap 'rm -rf "$W"' EXIT; }
tcpdump=$TOP/sbin/tcpdump/$CONF/tcpdump
TZ=UTC
export TZ

"$CONF/mkpcap" <"$1.in" >"$W/pcap" || exit 1
"$CONF/mkpcap" -r -n <"$1.in" >"$W/swapped" || exit 1
for opts in "" -v -qe -xX; do
	echo "\$ tcpdump -n $opts"
	$tcpdump -n $opts -r "$W/pcap"
done >"$W/out" 2>&1
# what is in the order of the machine that captured is in that of ours here
if [ "$1" != enc ]; then
	$tcpdump -nv -r "$W/pcap" >"$W/1"
	$tcpdump -nv -r "$W/swapped" | diff "$W/1" - || exit 1
fi
diff -u "$1.ok" "$W/out"
