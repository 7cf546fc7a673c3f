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

# What ifconfig refuses without asking a kernel.

set -eu
: "${TOP:=../../..}" "${CONF:=GENERIC}"
KERN=$(cd "$TOP/sys/arch/um/compile/$CONF" && pwd)
unset UM_SOCKET

# exit code, first line on stderr, arguments
expect()
{
	rc=$1 line=$2
	shift 2
	got=0
	out=$("$KERN/sbin/ifconfig" "$@" 2>&1 >/dev/null) || got=$?
	out=$(echo "$out" | head -n 1)
	[ $got -eq "$rc" ] && [ "$out" = "$line" ] && return
	echo "ifconfig $*: exit $got, '$out'; expected $rc, '$line'"
	exit 1
}

usage="usage: ifconfig [-AaC] [interface] [address_family]"
expect 1 "$usage" -C sec0
expect 1 "$usage" -a inet inet6
expect 1 "$usage" -a up
expect 1 "$usage" -Ca
expect 1 "ifconfig: interface name 'abcdefghijklmnop' too long" \
    abcdefghijklmnop up
expect 1 "ifconfig: interface name empty" ''
expect 1 "ifconfig: 'mtu' requires argument" sec0 mtu
expect 1 "ifconfig: 'group' requires argument" sec0 up group
expect 1 "ifconfig: 'tunnel' requires 2 arguments" sec0 tunnel 192.0.2.1
expect 1 "ifconfig: no um kernel: UM_SOCKET is not set; start one with bsd(8)" \
    sec0 create
