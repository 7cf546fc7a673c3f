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


# Each X.in is a configuration and X.ok what parse says to it (see
# ../../../lib/pairs.sh), first on the standard error, then on the standard
# output; what parse prints must be understood as the same.  A first line
# "# args: ..." replaces -c.

. ../../../lib/pairs.sh
parse=${PARSE:-$here/${CONF:-}/parse}

# Files in a work tree are readable by all, which is refused.
cp ./*.inc ./*.psk "$W"
cp "$1.in" "$W/in"
cd "$W" || exit 1
chmod 600 ./*
: >empty.psk
chmod 600 empty.psk
mkdir dir
cp good.psk open.psk
chmod 604 open.psk
cp good.inc open.inc
chmod 620 open.inc

eval "set -- \"$1\" $(sed -n '1s/^# args: //p' in)"
test=$1
shift
"$parse" "${@:--c}" in >out 2>err
echo "exit $?" >>out
# A line an item, for people to read.
sed -e 's/ \(from\|local\|ikesa\|childsa\|srcid\|lifetime\) /\
    \1 /g' out >split
cat err split >got
judge "$test"
