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


# Clients are killed in the middle of what they do: the kernel goes on, with
# traffic, and nothing of them is left in it.
# marks: mp

OPTS="-j 2"
. ../../lib/lib.sh

# Descriptors of a kernel: its ends of the sockets are among them.
descriptors()
{
	ls "/proc/$(cat "$W/ga.pid")/fd" | wc -l
}

settled()
{
	[ "$(descriptors)" -le "$idle" ]
}

# One client with a random time to live, at most 30 ms.
victim()
{
	case $1 in
	0)	start ga sh -c 'while :; do ifconfig sec7 create
		    ifconfig sec7 10.7.0.1/24 10.7.0.2 up
		    ifconfig sec7 destroy; done' ;;
	1)	start ga ipsecctl -f "$W/many.conf" ;;
	2)	start ga ping -q -i 0.001 -s 4000 10.2.0.2 ;;
	3)	start ga ipsecctl -m ;;
	4)	start ga sh -c 'while :; do ipsecctl -s sa -v; netstat -rn
		    ifconfig -a; done' ;;
	5)	start ga route -n monitor ;;
	6)	start ga ifconfig sec8 create ;;
	7)	start ga ipsecctl -d -f "$W/many.conf" ;;
	esac >/dev/null 2>&1
	sleep "0.0$(awk -v s="$2" 'BEGIN { srand(s); printf("%02d",
	    rand() * 30) }')"
	kill -KILL "$started" 2>/dev/null
	wait "$started" 2>/dev/null
}

seed=${SEED:-$(od -A n -N 3 -t u4 /dev/urandom | tr -d ' ')}
gateways
awk 'BEGIN {
	k = "0x00112233445566778899aabbccddeeff"
	for (i = 0; i < 2000; i++)
		printf("esp from 192.0.2.1 to 192.0.2.2 spi %d:%d " \
		    "authkey %s%s:%s%s enckey %s:%s interface sec7\n",
		    70000 + i, 70000 + i, k, substr(k, 3), k, substr(k, 3),
		    k, k)
}' >"$W/many.conf"
idle=$(descriptors)
victim 3 1
await 5 settled || fail "one ipsecctl -m is not forgotten"

load 0.01
i=0
n=$((80 * N))
[ "$FULL" = 0 ] || n=$((n * 10))
while [ $i -lt $n ]; do
	victim $((i % 8)) $((seed + i))
	i=$((i + 1))
done
await 5 settled || {
	fail "$(descriptors) descriptors of $idle (seed $seed)"
	ls -l "/proc/$(cat "$W/ga.pid")/fd"
}
unload
[ "$sent" -gt 50 ] && [ $lost -eq 0 ] ||
    fail "$lost of $sent packets lost (seed $seed)"
on ga ipsecctl -d -f "$W/many.conf" 2>/dev/null
for unit in 7 8; do
	on ga ifconfig sec$unit destroy 2>/dev/null
	on ga ifconfig sec$unit create || fail "sec$unit cannot be made"
	on ga ifconfig sec$unit destroy || fail "sec$unit cannot go"
done
on ha ping -q -c 3 -i 0.01 -w 1 10.2.0.2 >/dev/null || fail "no traffic"
verdict
