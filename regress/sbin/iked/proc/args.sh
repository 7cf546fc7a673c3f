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

# Options and what -n says.  No kernel is needed for that.

set -u
umask 077
unset UM_SOCKET UM_ETC UM_RUN
iked=$KERN/sbin/iked
failed=0
fail()
{
	echo "$*"
	failed=1
}

# run code option ...: stdout in $W/out, stderr in $W/err
run()
{
	want=$1
	shift
	"$iked" "$@" >"$W/out" 2>"$W/err"
	rc=$?
	[ $rc -eq "$want" ] || { fail "iked $*: exit $rc"; cat "$W/err"; }
}

# err text, out text: it is said there, as a whole line
err()
{
	grep -qxF -e "$1" "$W/err" || { fail "not said: $1"; cat "$W/err"; }
}

out()
{
	grep -qF -e "$1" "$W/out" || { fail "not said: $1"; cat "$W/out"; }
}

cat >"$W/a.conf" <<END
ikev2 "s2s" active from any to any local 192.0.2.8 peer 198.51.100.14 \\
	srcid us dstid them psk "open sesame" iface sec0
END
sed -e 's/192.0.2.8/X/; s/198.51.100.14/192.0.2.8/; s/X/198.51.100.14/' \
    -e 's/ active//; s/srcid us dstid them/srcid them dstid us/' \
    "$W/a.conf" >"$W/b.conf"
sed 's/iface/ikesa group ecp256 iface/' "$W/a.conf" >"$W/order.conf"
sed 's/srcid/ikesa enc aes-128-gcm group modp2048 srcid/' "$W/b.conf" \
    >"$W/c.conf"
sed 's/srcid/ikesa enc aes-256-gcm group ecp256 srcid/' "$W/a.conf" \
    >"$W/d.conf"

run 0 -n -f "$W/a.conf"
err 'configuration OK'
[ ! -s "$W/out" ] || fail "-n prints"
run 0 -nv -f "$W/a.conf"
out 'ikev2 "s2s" active tunnel esp inet from 0.0.0.0/0 to 0.0.0.0/0'
out 'local 192.0.2.8 peer 198.51.100.14'
if [ "$(id -u)" = 0 ]; then
	out 'psk 0x6f70656e20736573616d65'
	cp "$W/a.conf" "$W/user.conf"
	chown 65534 "$W" "$W/user.conf"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$iked" -nv \
	    -f "$W/user.conf" >"$W/out" 2>"$W/err" || fail "-nv as nobody"
	chown 0 "$W"
fi
out "psk <hidden>"
# what it prints is a configuration
run 0 -nv -f "$W/a.conf"
sed 's/<hidden>/"x"/' "$W/out" >"$W/again.conf"
run 0 -n -f "$W/again.conf"
err 'configuration OK'

run 1 -n -f "$W/order.conf"
[ -s "$W/err" ] || fail "an error is not told"
run 1 -n -f "$W/none.conf"
grep -q "$W/none.conf" "$W/err" || fail "a missing file is not named"
chmod 640 "$W/a.conf"
run 0 -n -f "$W/a.conf"
chmod 660 "$W/a.conf"
run 1 -n -f "$W/a.conf"
grep -q 'group writable or world read/writable' "$W/err" || fail "mode 660"
chmod 600 "$W/a.conf"

# both ends
run 0 -n -f "$W/a.conf" -C "$W/b.conf"
[ -s "$W/out" ] || fail "no verdict"
run 1 -n -f "$W/d.conf" -C "$W/c.conf"
out modp2048
run 1 -n -f "$W/a.conf" -C "$W/none.conf"
run 1 -f "$W/a.conf" -C "$W/b.conf"
err 'iked: -C needs -n'

# macros
sed 's/192.0.2.8/$us/' "$W/a.conf" >"$W/m.conf"
run 1 -n -f "$W/m.conf"
run 0 -nv -D us=192.0.2.99 -f "$W/m.conf"
out 'local 192.0.2.99'
run 0 -n -D nonsense -f "$W/a.conf"
err 'iked: -D nonsense: no macro=value, ignored'

# the rest
run 0 -V
grep -q '^[A-Za-z]* [0-9.]*$' "$W/err" || fail "-V"
run 0 -6 -n -f "$W/a.conf"
err 'iked: -6 is obsolete and ignored'
run 1 -T -t
err 'iked: -T and -t are mutually exclusive'
run 1 -T -p 4501
err 'iked: -T and -p are mutually exclusive'
for p in 0 65536 x ''; do
	run 1 -n -p "$p"
done
err 'iked: port  is invalid'
for o in -x extra '-n extra' -f; do
	run 1 $o
	grep -q '^usage: iked ' "$W/err" || fail "iked $o: no usage"
done
run 1 -P nonsense
err 'iked: -P nonsense: no such process'

# no kernel: said once
if [ "$(id -u)" != 0 ]; then
	run 1 -d -f "$W/a.conf"
	err 'iked: need root privileges'
elif ! getent passwd _iked >/dev/null; then
	run 1 -d -f "$W/a.conf"
	grep -q 'unknown user _iked: useradd ' "$W/err" || fail "no _iked"
fi
exit $failed
