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


# What only a running machine knows: its interfaces, groups and names.

set -u
if [ -z "${UM_SOCKET:-}" ]; then
	umask 077
	mkdir "$W/etc"
	cat >"$W/etc/hosts" <<-END
	192.0.2.8	gw gw.example.org
	198.51.100.14	one.example.org
	198.51.100.15	two.example.org
	198.51.100.16	two.example.org
	198.51.100.17	both.example.org
	2001:db8::17	both.example.org
	2001:db8::18	six.example.org
	END
	exec "$KERN/bsd" -e "$W/etc" um0=inject: um1=inject: -- sh "$0"
fi
here=$(pwd)
parse=${PARSE:-$here/${CONF:-}/parse}
status=0

ifconfig um0 inet 192.0.2.8/24 up || exit 1
ifconfig um1 inet 192.0.2.129/25 up || exit 1
ifconfig um1 inet alias 192.0.2.130/25 || exit 1
ifconfig um0 group outside || exit 1
ifconfig um1 group outside || exit 1
ifconfig sec0 create || exit 1
ifconfig sec1 create || exit 1
sysctl -q kern.hostname=gw.example.org || exit 1

cat >"$W/conf" <<'END'
ikev2 "name" active from any to any peer one.example.org srcid a iface sec0
ikev2 "many" active from any to any peer two.example.org srcid a iface sec1
ikev2 "six" active from any to any peer six.example.org srcid a iface sec2
ikev2 "four" active inet from any to any local um0 peer both.example.org \
	srcid a iface sec3
ikev2 "sixth" inet6 from any to any peer both.example.org srcid a iface sec4
ikev2 "pairs" from um0 to both.example.org peer any srcid a iface sec5
ikev2 "group" from outside to two.example.org peer any srcid a iface sec6
ikev2 "local" from any to any local um1 srcid a iface sec7
ikev2 "host" from any to any iface sec8
END
cat >"$W/bad" <<'END'
ikev2 from any to any local um1 peer six.example.org srcid a iface sec0
ikev2 from um1 to six.example.org srcid a iface sec0
ikev2 from sec0 to any srcid a iface sec0
ikev2 inet6 from any to any local um1 srcid a iface sec0
END
chmod 600 "$W/conf" "$W/bad"
cd "$W" || exit 1
for f in conf bad; do
	"$parse" $f >out 2>err
	rc=$?
	{ echo "== $f"; cat err; sed -e 's/ikesa.*noesn //' out
	    echo "exit $rc"; } >>got
done
"$parse" -c conf >out 2>err
echo "== check" >>got
cat err >>got
[ -z "${UPDATE:-}" ] || cp got "$here/live.ok"
diff -u "$here/live.ok" got || status=1
exit $status
