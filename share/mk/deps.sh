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

# deps.sh install|need|want run|test ...: the Debian packages for running
# or testing, and the users that root's iked(8) and isakmpd(8) become.
# install: install what is missing, as root.  need: the same, but without
# root name what is missing and fail.  want: the same, but go on without.

set -eu

run="gcc make bison libssl-dev libevent-dev pkg-config binutils"
test="tshark tcpdump python3-scapy python3-cryptography valgrind clang
    libclang-rt-14-dev bmake mandoc cppcheck iproute2 iputils-ping nftables
    strongswan-charon strongswan-swanctl libcharon-extra-plugins
    libstrongswan-standard-plugins openssl ike-scan libipsec-mb-dev"

missing()
{
	for p; do
		s=$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null) ||
		    s=none
		[ "$s" = installed ] || echo "$p"
	done
}

apt()
{
	DEBIAN_FRONTEND=noninteractive apt-get -q -y \
	    -o DPkg::Lock::Timeout=300 "$@"
}

# No daemon of an installed package may start: dpkg's scripts ask this.
policy=/usr/sbin/policy-rc.d

forbid_daemons()
{
	exec 9>/var/lock/um-deps
	flock 9
	[ ! -e $policy ] || mv $policy $policy.um
	trap allow_daemons EXIT
	trap 'exit 1' HUP INT TERM
	printf '#!/bin/sh\nexit 101\n' >$policy
	chmod 755 $policy
}

allow_daemons()
{
	rm -f $policy
	[ ! -e $policy.um ] || mv $policy.um $policy
}

install_packages()
{
	forbid_daemons
	apt install --no-install-recommends "$@" && return
	apt update && apt install --no-install-recommends "$@"
}

make_users()
{
	for u in _iked _isakmpd; do
		id $u >/dev/null 2>&1 && continue
		echo "deps: making the user $u"
		/usr/sbin/useradd -r -M -d /var/empty \
		    -s /usr/sbin/nologin $u
	done
}

mode=$1
shift
[ "$(id -u)" != 0 ] || make_users
command -v dpkg-query >/dev/null || {
	[ "$mode" != install ] || {
		echo "deps: not a Debian system; needed are:" $run $test >&2
		exit 1
	}
	exit 0
}

packages=
for set; do
	case $set in
	run)	packages="$packages $run" ;;
	test)	packages="$packages $test" ;;
	*)	echo "deps: no package set $set" >&2; exit 1 ;;
	esac
done
packages=$(missing $packages)
[ -n "$packages" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	echo "deps: installing" $packages
	install_packages $packages >&2 && exit 0
	echo "deps: could not install all of:" $packages >&2
elif [ "$mode" = want ]; then
	echo "deps: tests that need them will be skipped, missing:" $packages
else
	echo "deps: missing (as root: make deps deps-test):" $packages >&2
fi
[ "$mode" = want ]
