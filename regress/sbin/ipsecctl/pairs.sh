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

# Each X.in is a configuration and X.ok what ipsecctl says to it, first on
# the standard error, then on the standard output; a bad-X.in must be
# refused.  A first line "# args: ..." replaces -nv.  "pairs.sh -l" lists
# them.  UPDATE=1 writes X.ok anew.

set -u
here=$(pwd)
IPSECCTL=${IPSECCTL:-$KERN/sbin/ipsecctl}

if [ "$1" = -l ]; then
	ls | sed -n 's/\.in$//p'
	exit 0
fi

# Files in a work tree are readable by all, which ipsecctl refuses.
cp *.inc *.key "$W"
cp "$1.in" "$W/in"
cd "$W" || exit 1
chmod 600 ./*
: >empty.key
chmod 600 empty.key
mkdir dir
cp sha1.key open.key
chmod 644 open.key
cp flows2.inc open.inc
chmod 620 open.inc

args=$(sed -n '1s/^# args: //p' in)
"$IPSECCTL" ${args:--nv} -f - <in >out 2>err
echo "exit $?" >>out
cat err out >got
case $1 in
bad-*)	tail -n 1 got | grep -q '^exit 1$' || {
		cat got
		echo "not refused"
		exit 1
	} ;;
*)	tail -n 1 got | grep -q '^exit 0$' || {
		cat got
		exit 1
	} ;;
esac
[ -z "${UPDATE:-}" ] || cp got "$here/$1.ok"
diff -u "$here/$1.ok" got
