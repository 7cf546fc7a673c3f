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


# Expressions: errors and their places, programs, and the packets that they
# choose.

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

# bad PLACE expression
bad()
{
	place=$1
	shift
	$tcpdump -d -y EN10MB "$@" >"$W/out" 2>"$W/err" &&
	    fail "\"$*\" is taken"
	[ "$(wc -l <"$W/err")" -eq 1 ] &&
	    grep -q "^tcpdump: expression, at $place: " "$W/err" ||
	    fail "\"$*\": $(cat "$W/err")"
}

bad 5 port
bad 6 port x
bad 6 port 65536
bad 11 portrange 9-5
bad 6 host 1.2.3.4/8
bad 5 net 10.0.0.0
bad 5 net 10.0.0.0/33
bad 5 net 10.1
bad 4 '(ip'
bad 3 'ip)'
bad 4 'ip arp'
bad 8 'ip and '
bad 5 'src or port 5'
bad 7 proto 256
bad 1 ip[0] = 4
bad 6 less x
bad 1 foo
bad 12 ether host 1:2:3:4:5
bad 11 icmp host 1.2.3.4
bad 10 tcp host ::1
bad 65 "$(printf '%0100d' 0 | tr 0 '(')"
$tcpdump -d -y LOOP ether host 1:2:3:4:5:6 2>/dev/null &&
    fail "Ethernet on LOOP"
$tcpdump -d -y ENC ip6 | grep -q 'ld.*\[0\]' || fail "ENC"
long=$(awk 'BEGIN { for (i = 0; i < 300; i++)
    printf "%sport %d", i ? " or " : "", i + 1 }')
$tcpdump -d -y EN10MB "$long" >/dev/null 2>"$W/err" && fail "too long"
grep -q 'too long' "$W/err" || fail "too long: $(cat "$W/err")"
[ "$($tcpdump -d -y EN10MB "")" = "(000) ret	#262144" ] || fail "empty"

# How many packets each chooses, and with FULL=1 that they are those that the
# host's tcpdump chooses.  That has nothing to say about some of them.
host=:
[ "${FULL:-0}" = 0 ] || host=$(command -v tcpdump) || {
	echo "the rest needs the host's tcpdump"
	exit 77
}
cat >"$W/exprs" <<'END'
ip
ip6
arp
icmp
icmp6
tcp or udp
not tcp and not udp
host 192.0.2.1
src host 192.0.2.1 and not dst host 198.51.100.2
ip host 192.0.2.9
arp host 192.0.2.9
host 2001:db8::1
src net 2001:db8::/32 and udp
net 192.0.2.0/24 or net fe80::/10
dst net 224.0.0.0/4
port 53
tcp port 22
udp dst port 53
src port 1234
src and dst port 500
portrange 400-600
udp portrange 4500-4501
esp
ah
proto 89
ip proto 4
ip6 proto 50
less 60
greater 80
len > 62
len <= 62 and len >= 50
not (ip or ip6)
(port 53 or port 500) and udp
ether host 02:00:00:00:00:09
ether src host 02:00:00:00:00:01
ether broadcast
ether multicast
multicast
ip6 multicast
END
for i in ether inet6 loop raw; do
	"$CONF/mkpcap" -w -j 500 -s 9 <$i.in >"$W/pcap"
	while read -r e; do
		case "$i $e" in
		"ether "*|"inet6 "*) ;;
		*ether*|*broadcast*|*multicast*|*arp*|*:*|*port*) continue ;;
		esac
		$tcpdump -n -r "$W/pcap" -w "$W/ours" "$e" ||
		    fail "$i: $e: exit $?"
		[ $host = : ] || {
			$host -n -r "$W/pcap" -w "$W/theirs" "$e" \
			    2>"$W/err" && cmp -i 24 -s "$W/ours" \
			    "$W/theirs" || fail "$i: $e: not like the host's"
		}
		echo "$i $(wc -c <"$W/ours"): $e"
	done <"$W/exprs"
done >"$W/out"
grep 'not like\|: exit' "$W/out"
diff -u expr.ok "$W/out" || failed=1
exit $failed
