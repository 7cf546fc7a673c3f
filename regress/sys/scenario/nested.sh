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


# A tunnel inside a tunnel works; a tunnel that leads into itself, at once or
# by way of others, loses its packets after one turn and says so.

. ../../lib/lib.sh

packets()
{
	on ga netstat -n -I "$1" | awk '/<Link>/ { print $6; exit }'
}

loops()
{
	counter ga 'output packets* dropped because the route to the peer' \
	    -I "$1"
}

# loop N INTERFACE ...: N packets end as loops of one of the interfaces,
# after at most one turn, and nothing gets out
loop()
{
	n=$1
	shift
	sum=0 frames=$(esp_frames wire)
	for i; do
		sum=$((sum - $(loops "$i")))
	done
	on ha ping -q -c "$n" -i 0.01 -w 1 10.2.0.2 >/dev/null 2>&1 &&
	    fail "$what: answers come"
	for i; do
		sum=$((sum + $(loops "$i")))
	done
	[ $sum -eq "$n" ] || fail "$what: $n packets, $sum counted"
	[ "$(esp_frames wire)" -eq "$frames" ] || fail "$what: on the wire"
}

gateways
for i in 1 2; do
	on ga ifconfig lo0 alias 172.16.$i.1/32
	on gb ifconfig lo0 alias 172.16.$i.2/32
	tunnel $i ga 172.16.$i.1 gb 172.16.$i.2
done

# sec2 inside sec1 inside sec0
what="three tunnels, one inside the other"
on ga route -qn add 172.16.1.2/32 169.254.0.2
on gb route -qn add 172.16.1.1/32 169.254.0.1
on ga route -qn add 172.16.2.2/32 169.254.1.2
on gb route -qn add 172.16.2.1/32 169.254.1.1
on ga route -qn change 10.2.0.0/24 169.254.2.2
on gb route -qn change 10.1.0.0/24 169.254.2.1
for i in 0 1 2; do
	eval "before$i=$(packets sec$i)"
done
for size in 28 500 1100 1280; do
	on ha ping -q -c 1 -w 2 -s $((size - 28)) 10.2.0.2 >/dev/null ||
	    fail "$what: $size bytes are lost"
done
[ $(($(packets sec2) - before2)) -eq 4 ] || fail "$what: not through sec2"
[ $(($(packets sec1) - before1)) -ge 4 ] || fail "$what: not through sec1"
[ $(($(packets sec0) - before0)) -ge 4 ] || fail "$what: not through sec0"
for i in 0 1 2; do
	[ "$(loops sec$i)" -eq 0 ] || fail "$what: sec$i counts loops"
done

what="a loop of one"
on ga route -qn change 10.2.0.0/24 169.254.0.2
on ga route -qn add 192.0.2.2/32 169.254.0.2
loop 20 sec0

what="a loop of two"
on ga route -qn change 192.0.2.2/32 169.254.1.2
loop 20 sec0 sec1

what="a loop of three"
on ga route -qn change 192.0.2.2/32 169.254.2.2
loop 20 sec0 sec1 sec2

# The way out again, and all is well.
what="after the loops"
on ga route -qn delete 192.0.2.2/32
on gb route -qn change 10.1.0.0/24 169.254.0.1
on ha ping -q -c 3 -i 0.01 -w 2 10.2.0.2 >/dev/null || fail "$what: lost"

clear=$(clear_text wire)
[ -z "$clear" ] || fail "in the clear: $clear"
verdict
