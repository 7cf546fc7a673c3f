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

# marks: S11

# Two tunnels to the same network: the priority of the routes decides, a
# tunnel that has lost its SAs gives way to the other, and each carries.

. ../../lib/lib.sh

# packets MACHINE INTERFACE: "in out"
packets()
{
	on "$1" netstat -n -I "$2" | awk '/<Link>/ { print $4, $6; exit }'
}

# through N [N]: so many of 5 pings went through sec0 and sec1, both ways
through()
{
	a=$(packets ga sec0) b=$(packets ga sec1)
	on ha ping -q -c 5 -i 0.01 -w 1 10.2.0.2 >"$W/ping" 2>&1 ||
	    fail "$what: $(cat "$W/ping")"
	set -- "$1" "$2" $a $(packets ga sec0) $b $(packets ga sec1)
	[ $(($5 - $3)) -eq "$1" ] && [ $(($6 - $4)) -eq "$1" ] &&
	    [ $(($9 - $7)) -eq "$2" ] && [ $((${10} - $8)) -eq "$2" ] ||
	    fail "$what: sec0 $3 $4 -> $5 $6, sec1 $7 $8 -> $9 ${10}"
}

down()
{
	on "$1" ifconfig "$2" | grep -q 'status: down'
}

gateways
tunnel 1 ga 192.0.2.1 gb 192.0.2.2
on ga route -qn add -priority 20 10.2.0.0/24 169.254.1.2
on gb route -qn add -priority 20 10.1.0.0/24 169.254.1.1

what="both up"
through 5 0

what="sec0 without SAs"
for m in ga gb; do
	on $m ipsecctl -d -f "$W/$m.sec0.conf"
	down $m sec0 || fail "$what: the link is up at $m"
done
through 0 5

what="sec0 with new SAs"
keys 0
through 5 0

what="sec0 down at both ends"
on ga ifconfig sec0 down
on gb ifconfig sec0 down
through 0 5
on ga ifconfig sec0 up
on gb ifconfig sec0 up

# gb answers by the other tunnel: nothing minds
what="there by sec0, back by sec1"
on gb route -qn change -priority 4 10.1.0.0/24 169.254.1.1 2>/dev/null ||
    on gb sh -ec 'route -qn delete -priority 8 10.1.0.0/24 169.254.0.1'
a=$(packets ga sec0) b=$(packets ga sec1)
on ha ping -q -c 5 -i 0.01 -w 1 10.2.0.2 >/dev/null || fail "$what: lost"
set -- $a $(packets ga sec0) $b $(packets ga sec1)
[ $(($4 - $2)) -eq 5 ] && [ $(($7 - $5)) -eq 5 ] || fail "$what: $*"

# One that goes away with its SAs in use does not touch its neighbour.
what="sec0 destroyed"
on ga ifconfig sec0 destroy
on gb ifconfig sec0 destroy
on ha ping -q -c 5 -i 0.01 -w 1 10.2.0.2 >/dev/null || fail "$what: lost"

clear=$(clear_text wire)
[ -z "$clear" ] || fail "in the clear: $clear"
verdict
