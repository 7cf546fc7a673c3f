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

# marks: S7 N7

# A tunnel comes up, carries, is shown, and goes: one end active, then both,
# then another cipher, which is asked for while it runs.

. ./live.sh

pair
both
on ga ifconfig sec0 | grep -q 'status: active' && fail "link before iked"
daemon gb -v
daemon ga -v
up ga sec0
up gb sec0
start ga ikectl -q monitor >"$W/monitor" 2>&1
through || fail "nothing comes through"
one_pair ga
one_pair gb

# what it says of itself
on ga ikectl show sa >"$W/sa"
says "$W/sa" '^iked_sas: .* 192.0.2.1:500->192.0.2.2:500<FQDN/b0.test>'
says "$W/sa" ' ESTABLISHED i '
for spi in $(on ga ipsecctl -s sa | sed 's/.* spi \([^ ]*\).*/\1/'); do
	says "$W/sa" "sa_childsas: .* ESP $spi "
done
[ "$(sas ga '[(x["policy"], x["unit"], x["state"], x["role"], x["local"],
    x["peer"], x["peer_id"], x["rekeys"], x["udpencap"],
    [(c["state"], c["packets_in"] >= 3, c["packets_out"] >= 3,
    c["last_in"] > 0) for c in x["children"]]) for x in s]')" = \
"[('s0', 0, 'ESTABLISHED', 'initiator', '192.0.2.1:500', '192.0.2.2:500',\
 'FQDN/b0.test', 0, False, [('LIVE', True, True, True)])]" ] ||
    fail "show sa: $(on ga ikectl -j show sa)"
[ "$(sas gb 's[0]["children"][0]["spi_in"]')" = \
    "$(sas ga 's[0]["children"][0]["spi_out"]')" ] || fail "SPIs differ"
[ "$(stat ga sas_established) $(stat gb sas_current)" = "1 1" ] ||
    fail "show stats: $(on ga ikectl -q show stats)"
[ "$(stat ga sent)" = "$(stat gb received)" ] &&
    [ "$(stat ga received)" = "$(stat gb sent)" ] ||
    fail "counters: $(stat ga sent) $(stat ga received)," \
	"$(stat gb sent) $(stat gb received)"
says "$W/ga.iked" "established peer 192.0.2.2:500\[FQDN/b0.test\]"
says "$W/gb.iked" "established peer 192.0.2.1:500\[FQDN/a0.test\]"

# the end of one, of which the other is told
undaemon gb
await 5 eval '! active ga sec0' || fail "the other end is not told"
daemon gb -v
up ga sec0
up gb sec0
says "$W/monitor" '^down s0: '
says "$W/monitor" '^up s0: peer 192.0.2.2:500 FQDN/b0.test'

# both ends active: one tunnel, not two
undaemon ga
policy ga 0 | sed 's/active/passive/; s/passive/active/' | conf ga
policy gb 0 | sed 's/passive/active/' | conf gb
undaemon gb
daemon ga -v
daemon gb -v
up ga sec0
up gb sec0
one_pair ga
one_pair gb
through || fail "nothing comes through, both active"

# other ciphers, the daemons running on: who wants others negotiates
cipher()
{
	on "$1" ipsecctl -s sa | grep -q " $2\$"
}

while read -r shown words <&3; do
	both "$words"
	on gb ikectl reload
	on ga ikectl reload
	await 10 cipher ga "$shown" || fail "$shown is not used"
	up ga sec0 && up gb sec0
	await 5 through || fail "nothing comes through: $words"
done 3<<END
aes-256-gcm childsa enc aes-256-gcm noesn
hmac-sha2-256.enc.aes-256 childsa enc aes-256 auth hmac-sha2-256 group ecp256
END
one_pair ga
one_pair gb
undaemon ga
undaemon gb
clear=$("$PCAPLS" "$W/wire.pcap" |
    grep -v -e ' ARP ' -e ' ESP ' -e ' IKE ')
[ -z "$clear" ] || fail "in the clear: $clear"
verdict
