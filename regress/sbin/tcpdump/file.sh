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


# Captures of others, and files that are none: one clear error each, and
# nothing worse.

set -u
: "${TOP:=../../..}" "${CONF:=GENERIC}"
[ -n "${W:-}" ] || { W=$(mktemp -d); trap 'rm -rf "$W"' EXIT; }
tcpdump=$TOP/sbin/tcpdump/$CONF/tcpdump
failed=0
TZ=UTC
export TZ

fail()
{
	echo "$*"
	failed=1
}

# refused WHAT-IT-SAYS file
refused()
{
	$tcpdump -n -r "$2" >"$W/out" 2>"$W/err" && fail "$1: exit 0"
	[ "$(wc -l <"$W/err")" -eq 1 ] && grep -q "$1" "$W/err" ||
	    fail "$1: $(cat "$W/err")"
}

"$CONF/mkpcap" <ether.in >"$W/pcap"
size=$(wc -c <"$W/pcap")
n=$($tcpdump -n -r "$W/pcap" | wc -l)

# cut anywhere: what is whole is printed
for cut in 0 3 4 23 25 39 40 41 81 83 "$((size - 1))"; do
	head -c "$cut" "$W/pcap" >"$W/cut"
	case $cut in
	[034]|23)	[ "$cut" -lt 4 ] && refused 'not a file of' "$W/cut" ||
			    refused 'ends in its header' "$W/cut" ;;
	82)		;;
	*)		refused 'ends in packet' "$W/cut" ;;
	esac
done
[ "$(wc -l <"$W/out")" -eq $((n - 1)) ] || fail "the last but one is lost"
# no packet at all is no error
head -c 24 "$W/pcap" >"$W/cut"
$tcpdump -n -r "$W/cut" >"$W/out" 2>&1 && [ ! -s "$W/out" ] ||
    fail "an empty capture: $(cat "$W/out")"

printf '\012\015\015\012aaaaaaaaaaaaaaaaaaaa' >"$W/ng"
refused 'pcapng' "$W/ng"
head -c 1000 "$tcpdump" >"$W/elf"
refused 'not a file of' "$W/elf"
refused 'No such file' "$W/none"
echo "link 147" | "$CONF/mkpcap" >"$W/link"
refused 'link type 147' "$W/link"
# a packet of 4 GB
{ head -c 24 "$W/pcap"; printf '\1\0\0\0\1\0\0\0\377\377\377\377\1\0\0\0'
} >"$W/huge"
refused 'packet 1 makes no sense' "$W/huge"

# what -w writes is what -r reads, and what the host's tools read
$tcpdump -r "$W/pcap" -w "$W/copy" || fail "-w: exit $?"
cmp "$W/pcap" "$W/copy" >/dev/null || {
	$tcpdump -nv -r "$W/pcap" >"$W/1"
	$tcpdump -nv -r "$W/copy" | diff "$W/1" - || fail "the copy differs"
}
$tcpdump -w - <"$W/pcap" -r - 2>"$W/err" | cmp - "$W/copy" ||
    fail "-r - -w -: $(cat "$W/err")"
$tcpdump -n -r "$W/pcap" -c 3 | wc -l | grep -qx ' *3' || fail "-c"
$tcpdump -n -s 20 -r "$W/pcap" 2>&1 | grep -q '\[|ip\]' || fail "-s"
for i in loop enc raw inet6; do
	"$CONF/mkpcap" -r <$i.in | $tcpdump -r - -w "$W/$i" || fail "$i: -w"
	! command -v tshark >/dev/null || [ "$i" != loop ] ||
	    [ "$(tshark -r "$W/$i" 2>/dev/null | wc -l)" -eq \
	    "$($tcpdump -n -r "$W/$i" | wc -l)" ] || fail "tshark: $i"
done
! command -v tshark >/dev/null || {
	tshark -T fields -e ipv6.src -r "$W/loop" 2>/dev/null |
	    grep -q 2001:db8::1 || fail "tshark sees no IPv6 in LOOP"
}

# names: the machine's, and ports; -f has no interface here and so no names
mkdir "$W/etc"
echo "192.0.2.1 customer # us" >"$W/etc/hosts"
UM_ETC=$W/etc
export UM_ETC
$tcpdump -r "$W/pcap" tcp port 22 >"$W/out" 2>&1
grep -q 'customer.40000 > 198.51.100.2.ssh: P' "$W/out" ||
    fail "no names: $(cat "$W/out")"
$tcpdump -f -r "$W/pcap" tcp port 22 | grep -q customer && fail "-f has names"
$tcpdump -A -n -r "$W/pcap" icmp 2>&1 | grep -q abcdefgh || fail "-A"
exit $failed
