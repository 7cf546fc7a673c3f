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

# marks: S12

# tcpdump at work: a tunnel's packets in the clear on sec0 and as ESP on um0,
# files for the host's tools, and what happens when one side goes away.

. ../../lib/lib.sh

# watch NAME option ...: until it listens; its output is $W/NAME.out
watch()
{
	who=$1
	shift
	start a tcpdump -n "$@" >"$W/$who.out" 2>"$W/$who.err"
	eval "$who=$started"
	await 10 grep -q listening "$W/$who.err" ||
	    fail "$who: $(cat "$W/$who.err")"
}

# ended NAME: it did so by itself, and well
ended()
{
	eval "wait \$$1" || fail "$1: exit $?: $(cat "$W/$1.err")"
}

machine a um0=wire:"$W/w"
machine b um0=wire:"$W/w"
booted
on a ifconfig um0 192.0.2.1/24
on b ifconfig um0 192.0.2.2/24
tunnel 0 a 192.0.2.1 b 192.0.2.2
on a ping -q -c 1 -w 5 169.254.0.2 >/dev/null || fail "no tunnel"

watch sec -c 4 -i sec0 -e
watch um -c 4 -i um0 -v esp
watch none -i sec0 port 9999
watch file -c 4 -i sec0 -w "$W/sec.pcap" -s 60
watch lo -c 2 -i lo0
watch enc -i enc0
on a ifconfig um0 | grep -q PROMISC || fail "um0 is not promiscuous"
on a ping -q -c 2 -i 0.01 -w 2 -s 100 169.254.0.2 >/dev/null || fail "ping"
on a ifconfig lo0 127.0.0.1/8
on a ping -q -c 1 -w 2 127.0.0.1 >/dev/null || fail "ping lo0"
for i in sec um file lo; do
	ended $i
done
# a slow reply comes after the second request: sorted
sed 's/^[0-9:.]* //; s/id:[0-9a-f]*/id:X/' "$W/sec.out" | sort >"$W/sec"
diff -u - "$W/sec" <<END || fail "sec0"
family 2 132: 169.254.0.1 > 169.254.0.2: icmp: echo request (id:X seq:0)
family 2 132: 169.254.0.1 > 169.254.0.2: icmp: echo request (id:X seq:1)
family 2 132: 169.254.0.2 > 169.254.0.1: icmp: echo reply (id:X seq:0)
family 2 132: 169.254.0.2 > 169.254.0.1: icmp: echo reply (id:X seq:1)
END
out=$(grep -c ' esp 192.0.2.1 > 192.0.2.2 spi 0x00001002 seq [0-9]* len' \
    "$W/um.out")
in=$(grep -c ' esp 192.0.2.2 > 192.0.2.1 spi 0x00001003 seq [0-9]* len' \
    "$W/um.out")
[ "$out" -eq 2 ] && [ "$in" -eq 2 ] || fail "um0: $(cat "$W/um.out")"
grep -q '^[0-9:.]* 127.0.0.1 > 127.0.0.1: icmp: echo reply' "$W/lo.out" ||
    fail "lo0: $(cat "$W/lo.out")"
grep -q 'link-type ENC' "$W/enc.err" || fail "enc0: $(cat "$W/enc.err")"
grep -q '^[4-9][0-9]* packets received by filter' "$W/sec.err" &&
    grep -q '^0 packets dropped by kernel' "$W/sec.err" ||
    fail "sec0: $(cat "$W/sec.err")"
on a tcpdump -n -r "$W/sec.pcap" -c 1 >"$W/out" 2>&1
grep -q '169.254.0.1 > 169.254.0.2: icmp: echo request' "$W/out" ||
    fail "the file: $(cat "$W/out")"
! command -v tshark >/dev/null || {
	tshark -T fields -e icmp.type -r "$W/sec.pcap" 2>/dev/null |
	    sort -n | tr '\n' ' ' | grep -qx '0 0 8 8 ' ||
	    fail "tshark and sec0"
}

# packets of one direction, while they come
on a sh -c 'tcpdump -i sec0 -w - -c 2 "src host 169.254.0.2" 2>"$0" |
    tcpdump -n -r -' "$W/pipe.err" >"$W/pipe.out" 2>&1 &
pipe=$!
await 10 grep -q listening "$W/pipe.err" || fail "no pipe"
on a ping -q -c 2 -i 0.01 -w 2 169.254.0.2 >/dev/null || fail "ping"
wait $pipe || fail "pipe: exit $?"
[ "$(grep -c '169.254.0.2 > 169.254.0.1: icmp: echo reply' \
    "$W/pipe.out")" -eq 2 ] || fail "pipe: $(cat "$W/pipe.out")"

# the end: by a signal, by death, by the interface's
kill -INT "$none"
ended none
[ ! -s "$W/none.out" ] && grep -q 'received by filter' "$W/none.err" ||
    fail "interrupted: $(cat "$W/none.out" "$W/none.err")"
watch killed -i um0
kill -KILL "$killed" "$enc"
notpromisc()
{
	! on a ifconfig um0 | grep -q PROMISC
}
await 10 notpromisc || fail "um0 stays promiscuous"
on a ifconfig sec1 create
watch gone -i sec1
on a ifconfig sec1 destroy
wait "$gone" && fail "it goes on without its interface"
grep -q 'the interface is gone' "$W/gone.err" || fail "$(cat "$W/gone.err")"
on a tcpdump -i sec1 2>&1 | grep -qx 'tcpdump: sec1: no such interface' ||
    fail "sec1 is still there"
on a tcpdump -i um0 -y LOOP 2>&1 | grep -q 'does not have link type LOOP' ||
    fail "um0 has LOOP"
on a ping -q -c 1 -w 2 169.254.0.2 >/dev/null || fail "the tunnel"
verdict
