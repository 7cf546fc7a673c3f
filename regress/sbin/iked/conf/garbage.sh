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


# What another process gets over a socket may be anything; and which
# differences between two policies count.

set -u
parse=${PARSE:-$(pwd)/${CONF:-}/parse}
N=${N:-1}
umask 077
status=0
cat two-gateways.in props.in ids.in psk.in | awk '
/ file / { next }
/iface sec/ { sub(/iface sec[0-9]+/, "iface sec" n++) }
/ikev2 "/ { sub(/ikev2 "/, "&" n " ") }
{ print }' >"$W/conf"
cd "$W" || exit 1
"$parse" -c -g $((3000 * N)) conf >out 2>&1 || {
	cat out
	status=1
}

# common how [field with]: the policy and the one with a field that is another
base='from any to any local 10.0.0.1 peer 10.0.0.2 ikesa group grp14
childsa group grp14 srcid a dstid b ikelifetime 100 lifetime 100 bytes 100
packets 100 psk "abc" iface sec0'
common()
{
	echo ikev2 '"p"' $base >one
	echo ikev2 '"p"' $base | sed "s${2:-, , ,}" >other
	got=$("$parse" -c -e other one)
	if [ "$got" != "p $1" ] || { [ "$1" != equal ] &&
	    cmp -s one other; }; then
		echo "$2: $got, not $1"
		status=1
	fi
}

common equal
common same '/ikelifetime 100/ikelifetime 99/'
common same '/ lifetime 100/ lifetime 99/'
common same '/bytes 100/bytes 99/'
common same '/packets 100//'
common different '/"p"/"p" active/'
common different '/"p"/"p" quick/'
common different '/"p"/"p" natt/'
common different '/from any/from 10.0.0.0\/8/'
common different '/to any/to 10.0.0.0\/8/'
common different '/local 10.0.0.1/local 10.0.0.3/'
common different '/local 10.0.0.1/local 10.0.0.0\/31/'
common different '/peer 10.0.0.2/peer any/'
common different '/ikesa group grp14/ikesa group grp15/'
common different '/childsa group grp14/childsa group grp15/'
common different '/childsa group grp14/& childsa group grp14/'
common different '/srcid a/srcid c/'
common different '/dstid b//'
common different '/"abc"/"abd"/'
common different '/"abc"/"abcd"/'
common different '/psk "abc"/rsa/'
common different '/sec0/sec1/'
exit $status
