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

# A tunnel whose outside is in another routing domain than its inside, by the
# SAs alone and by tunneldomain; with a domain that is not theirs the SAs are
# of no use in either direction.

. ../../lib/lib.sh

pinged()
{
	on ga timeout 0.2 ping -q -c 1 169.254.0.2 >/dev/null 2>&1
}

hub wire "$W/wa" "$W/wb"
machine ga um0=wire:"$W/wa"
machine gb um0=wire:"$W/wb"
booted
key=0x$(random 20)
for m in ga.1.2 gb.2.1; do
	IFS=. read -r n a b <<-END
	$m
	END
	on $n sh -ec 'ifconfig um0 rdomain 1
	    ifconfig um0 192.0.2.$1/24
	    ifconfig sec0 create
	    ifconfig sec0 169.254.0.$1/30 169.254.0.$2 up' - $a $b
	echo "esp from 192.0.2.$a to 192.0.2.$b spi 0x100$a:0x100$b" \
	    "enc aes-128-gcm enckey $key:$key testonly interface sec0" |
	    on $n route -T 1 exec ipsecctl -f - 2>"$W/warnings" ||
	    fail "$(cat "$W/warnings")"
done
up ga sec0
await 2 pinged || fail "not by the domain of the SAs"
on ga ifconfig sec0 | grep 'tunnel: .*rdomain' && fail "a domain is shown"
on ga ifconfig sec0 tunneldomain 1
pinged || fail "not by tunneldomain 1"
on ga ifconfig sec0 | grep -q 'tunnel: inet 192.0.2.1 --> .* rdomain 1$' ||
    fail "the domain is not shown"
on ga ifconfig sec0 tunneldomain 0
pinged && fail "by another domain"
active ga sec0 && fail "active with SAs of another domain"
on gb timeout 0.1 ping -q -c 1 169.254.0.1 >/dev/null 2>&1 &&
    fail "in by another domain"
on ga netstat -ss -I sec0 >"$W/lost"
grep -q '1 input packet dropped from another end point' "$W/lost" &&
    grep -q '2 SAs not used' "$W/lost" || fail "$(cat "$W/lost")"
on ga ifconfig sec0 -tunneldomain
await 2 pinged || fail "not without tunneldomain"
clear=$(clear_text wire)
[ -z "$clear" ] || fail "in the clear: $clear"
verdict
