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


# Options.  No kernel is needed to refuse them.

set -u
umask 077
unset UM_SOCKET UM_ETC UM_RUN
isakmpd=$KERN/sbin/isakmpd
failed=0
fail()
{
	echo "$*"
	failed=1
}

# run option ...: it has to fail
run()
{
	"$isakmpd" "$@" >"$W/out" 2>"$W/err"
	rc=$?
	[ $rc -eq 1 ] || { fail "isakmpd $*: exit $rc"; cat "$W/err"; }
	[ ! -s "$W/out" ] || fail "isakmpd $*: prints to stdout"
}

# err text: it is said, as a whole line
err()
{
	grep -qxF -e "$1" "$W/err" || { fail "not said: $1"; cat "$W/err"; }
}

for o in -x extra '-K extra' -f -c -D -i -l -N -p -R; do
	run $o
	grep -q '^usage: isakmpd \[-46adKLnSTv\]' "$W/err" ||
	    fail "isakmpd $o: no usage"
done
run -4 -6
err 'isakmpd: -4 and -6 are mutually exclusive'
run -T -N 4501
err 'isakmpd: -T and -N are mutually exclusive'
run -N 4501 -T
err 'isakmpd: -T and -N are mutually exclusive'
for o in -p -N; do
	for p in 0 65536 x ''; do
		run $o "$p"
	done
	err 'isakmpd: port  is invalid'
done
run -p 4500
grep -q '^isakmpd: port 4500 cannot be both -p and -N' "$W/err" || fail "-p"
for d in '' x =1 11=1 -1=1 1= 1=100 A=x 'A=1 ' B=2 123456789=1; do
	run -D "$d"
	grep -q "^isakmpd: -D $d: a class is 0 to 10 or A" "$W/err" ||
	    { fail "-D $d"; cat "$W/err"; }
done
run -P nonsense
err 'isakmpd: -P nonsense: no such process'
run -P parent
err 'isakmpd: -P parent: no such process'
if [ "$(id -u)" != 0 ]; then
	run -d
	err 'isakmpd: need root privileges'
fi
exit $failed
