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

# Which files are read, in which order, and what is said about the rest.

set -eu
: "${TOP:=../../..}"
[ -n "${W:-}" ] || { W=$(mktemp -d); trap 'rm -rf "$W"' EXIT; }
netstart=$(cd "$TOP/sbin/netstart" && pwd)/netstart.sh
cd "$W"
mkdir bin etc

# A kernel that knows these, and IPv6.
cat >bin/ifconfig <<'END'
#!/bin/sh
[ "$1" = -C ] && echo "carp gif lo sec vlan"
END
printf '#!/bin/sh\necho 0\n' >bin/sysctl
chmod 755 bin/ifconfig bin/sysctl
PATH=$W/bin:$PATH
UM_SOCKET=none
export PATH UM_SOCKET

# exit code, then arguments; standard input is what must be printed
expect()
{
	cat >ok
	want=$1
	shift
	got=0
	sh "$netstart" "$@" >out 2>&1 || got=$?
	[ $got -eq "$want" ] || {
		cat out
		echo "netstart $*: exit $got, expected $want"
		exit 1
	}
	diff -u ok out || {
		echo "netstart $*"
		exit 1
	}
}

file()
{
	cat >"etc/$1"
	chmod 600 "etc/$1"
}

for n in um0 um1 sec0 sec10 vlan3 gif0 lo1 carp1; do
	echo up | file hostname.$n
done
for n in um0~ um0.bak UM0 0um um sec0x ''; do
	echo bogus | file "hostname.$n"
done
file mygate <<'END'
# the way out

192.0.2.254	# first
192.0.2.253
fe80::1%um0
2001:db8::1
!echo hello  there
END

expect 0 -n -d etc <<'END'
ifconfig lo0 inet 127.0.0.1/8
route -qn add -inet6 ::/96 ::1 -reject
route -qn add -inet6 ::ffff:0:0/96 ::1 -reject
route -qn add -inet6 2002:e000::/20 ::1 -reject
route -qn add -inet6 2002:7f00::/24 ::1 -reject
route -qn add -inet6 2002:0000::/24 ::1 -reject
route -qn add -inet6 2002:ff00::/24 ::1 -reject
route -qn add -inet6 fe80::/10 ::1 -reject
route -qn add -inet6 fec0::/10 ::1 -reject
route -qn add -inet6 ff01::/16 ::1 -reject
route -qn add -inet6 ff02::/16 ::1 -reject
{ ifconfig carp1 || ifconfig carp1 create; }
{ ifconfig gif0 || ifconfig gif0 create; }
{ ifconfig sec0 || ifconfig sec0 create; }
{ ifconfig sec10 || ifconfig sec10 create; }
{ ifconfig vlan3 || ifconfig vlan3 create; }
{ ifconfig lo1 || ifconfig lo1 create; }
ifconfig lo1 up
{ ifconfig sec0 || ifconfig sec0 create; }
ifconfig sec0 up
{ ifconfig sec10 || ifconfig sec10 create; }
ifconfig sec10 up
{ ifconfig um0 || ifconfig um0 create; }
ifconfig um0 up
{ ifconfig um1 || ifconfig um1 create; }
ifconfig um1 up
{ ifconfig carp1 || ifconfig carp1 create; }
ifconfig carp1 up
{ ifconfig vlan3 || ifconfig vlan3 create; }
ifconfig vlan3 up
route -qn add -host default 192.0.2.254
route -qn add -host -inet6 default fe80::1%um0
echo hello  there
route -qn add -net 224.0.0.0/4 127.0.0.1 -reject
route -qn add -net 127.0.0.0/8 127.0.0.1 -reject
{ ifconfig gif0 || ifconfig gif0 create; }
ifconfig gif0 up
END

# Some only; one of them has no file.
expect 1 -n -d etc um1 sec1 sec0 <<'END'
{ ifconfig sec0 || ifconfig sec0 create; }
{ ifconfig um1 || ifconfig um1 create; }
ifconfig um1 up
netstart: etc/hostname.sec1: No such file or directory
{ ifconfig sec0 || ifconfig sec0 create; }
ifconfig sec0 up
route -qn add -host default 192.0.2.254
route -qn add -host -inet6 default fe80::1%um0
echo hello  there
END

# Automatic addresses bring their own default route.
printf 'dhcp\n' | file hostname.um1
printf 'inet6 autoconf\n' | file hostname.um0
printf '192.0.2.254\n2001:db8::1\n' | file mygate
expect 0 -n -d etc um0 um1 <<'END'
{ ifconfig um0 || ifconfig um0 create; }
ifconfig um0 inet6 autoconf
{ ifconfig um1 || ifconfig um1 create; }
ifconfig um1 inet autoconf
END

# Bad lines are named, the rest goes on.
printf '192.0.2.1 192.0.2.2\ngw.example.org\n192.0.2.254' | file mygate
printf 'inet 192.0.2.1\n' | file hostname.um0
expect 1 -n -d etc um0 <<'END'
{ ifconfig um0 || ifconfig um0 create; }
ifconfig um0 inet 192.0.2.1
netstart: etc/mygate:1: more than an address
netstart: etc/mygate:2: gw.example.org: not an address
route -qn add -host default 192.0.2.254
END
rm etc/mygate etc/hostname.*

echo 'multicast=YES' >etc/rc.conf.local
rm bin/sysctl
printf '#!/bin/sh\nexit 1\n' >bin/sysctl
chmod 755 bin/sysctl
expect 0 -n -d etc <<'END'
ifconfig lo0 inet 127.0.0.1/8
route -qn add -net 127.0.0.0/8 127.0.0.1 -reject
END

# Others may not read it.
echo up >etc/hostname.um0
chmod 604 etc/hostname.um0
expect 0 -n -d etc um0 <<'END'
WARNING: etc/hostname.um0 is insecure, fixing permissions.
chmod o-rwx etc/hostname.um0
{ ifconfig um0 || ifconfig um0 create; }
ifconfig um0 up
END
mkdir etc/hostname.um1
expect 1 -n -d etc um1 <<'END'
netstart: etc/hostname.um1: cannot be read
END

usage="usage: netstart [-n] [-d etcdir] [interface ...]"
expect 1 -n -d etc um0~ <<END
netstart: 'um0~' is no name of an interface
$usage
END
expect 1 -n -d etc '' <<END
netstart: '' is no name of an interface
$usage
END
expect 1 -n -d nosuch <<END
netstart: nosuch: No such directory
END
sh "$netstart" -x 2>&1 | grep -qxF "$usage" || { echo "no usage"; exit 1; }
