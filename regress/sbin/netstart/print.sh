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

# print.sh name: "netstart -n sec0" with name.in as hostname.sec0 prints
# name.ok.

set -eu
: "${TOP:=../../..}"
[ -n "${W:-}" ] || { W=$(mktemp -d); trap 'rm -rf "$W"' EXIT; }
here=$(pwd)
netstart=$(cd "$TOP/sbin/netstart" && pwd)/netstart.sh

mkdir "$W/etc"
install -m 600 "$1.in" "$W/etc/hostname.sec0"
cd "$W"
UM_SOCKET=none
export UM_SOCKET
sh "$netstart" -n -d etc sec0 >out 2>&1 || echo "[$?]" >>out
cp out out.same
diff -u "$here/$1.ok" out
