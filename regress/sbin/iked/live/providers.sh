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


# Two tunnels to two providers, in different networks: routes of two
# priorities go through both.  When one provider's gateway dies, what it
# carried goes by the other, and comes back.
#
#	ga 192.0.2.1    ==[wire]==  192.0.2.2 gb	sec0
#	   203.0.113.1  ==[other]== 203.0.113.2 gc	sec1

. ./live.sh

# policy of sec1
line()
{
	policy "$1" 1 | sed 's/192\.0\.2/203.0.113/g'
}

# by UNIT: pings of the service address go through secUNIT, all of them
by()
{
	a=$(on ga netstat -n -I "sec$1" | awk '/<Link>/ { print $4; exit }')
	on ga ping -q -c 3 -i 0.02 -w 1 10.9.9.9 || return 1
	b=$(on ga netstat -n -I "sec$1" | awk '/<Link>/ { print $4; exit }')
	[ $((b - a)) -eq 3 ]
}

hub wire "$W/wa" "$W/wb"
hub other "$W/oa" "$W/oc"
machine ga um0=wire:"$W/wa" um1=wire:"$W/oa"
machine gb um0=wire:"$W/wb"
machine gc um0=wire:"$W/oc"
booted
addresses ga 1 2 0 1
addresses gb 2 1 0
addresses gc 2 1 1
on ga ifconfig um1 203.0.113.1/24
on gc ifconfig um0 203.0.113.2/24
for m in gb gc; do
	on $m ifconfig lo0 alias 10.9.9.9/32 ||
	    on $m ifconfig lo0 10.9.9.9/32 || fail "no address on lo0"
done
on ga sh -ec 'route -qn add -priority 8 10.9.9.0/24 169.254.0.2
    route -qn add -priority 20 10.9.9.0/24 169.254.1.2'
{ echo "set dpd_check_interval 1"; policy ga 0; line ga; } | conf ga
policy gb 0 | conf gb
line gb | conf gc
daemon gb -v
daemon gc -v
daemon ga -v
up ga sec0 sec1
up gb sec0
up gc sec1
await 5 by 0 || fail "not by sec0, with both up"
one_pair ga 2
sas ga "[x['children'][0]['spi_in'] for x in s if x['unit'] == 1]" >"$W/spi"

# the first one's gateway dies without a word
kill -KILL "$(cat "$W/gb.iked.pid")"
"$HUB" -C "$W/wire.ctl" cut
await 40 eval '! active ga sec0' || fail "sec0 has link, and nobody is there"
await 5 by 1 || fail "not by sec1 after the end of sec0"
active ga sec1 || fail "sec1 went with sec0"
[ "$(sas ga "[x['children'][0]['spi_in'] for x in s if x['unit'] == 1]")" = \
    "$(cat "$W/spi")" ] || fail "sec1 has been renewed"

# and comes back
"$HUB" -C "$W/wire.ctl" join
daemon gb -v
await 30 active ga sec0 || fail "sec0 does not come back"
await 5 by 0 || fail "not by sec0 again"
one_pair ga 2
verdict
