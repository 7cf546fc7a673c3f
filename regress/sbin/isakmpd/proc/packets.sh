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


# The packet log, as tshark(1) reads it.

. ./daemon.sh
command -v tshark >/dev/null || { echo "no tshark"; exit 77; }
export HOME="$W"
up -L
logs "packets are logged, decrypted, to /var/run/isakmpd.pcap"
printf '%s\n' '[Phase 1]' '192.0.2.1= peer' '[Phase 2]' 'Connections= conn' \
    '[peer]' 'Phase= 1' 'Address= 192.0.2.1' 'Local-address= 192.0.2.1' \
    'Authentication= sesame' 'Configuration= main' '[main]' \
    'EXCHANGE_TYPE= ID_PROT' 'Transforms= AES-SHA2-256-GRP14' \
    '[conn]' 'Phase= 2' 'ISAKMP-peer= peer' 'Configuration= quick' \
    'Local-ID= any' 'Remote-ID= any' 'Interface= 0' '[quick]' \
    'EXCHANGE_TYPE= QUICK_MODE' 'Suites= QM-ESP-AES-SHA2-256-SUITE' \
    '[any]' 'ID-type= IPV4_ADDR_SUBNET' 'Network= 0.0.0.0' \
    'Netmask= 0.0.0.0' >"$W/conf"
down
up -l "$W/log.pcap" -c "$W/conf"
await 5 eval '[ $(stat -c %s "$W/log.pcap") -gt 100 ]' || fail "no packet"
down
tshark -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -n \
    -r "$W/log.pcap" -T fields -E separator=: -e ip.src -e udp.dstport \
    -e isakmp.exchangetype -e ip.checksum.status -e udp.checksum.status \
    -e isakmp.nextpayload >"$W/out" 2>"$W/err" || { cat "$W/err"; exit 1; }
grep -q '^192.0.2.1:500:2:1:1:1' "$W/out" ||
    { fail "no main mode with good checksums"; cat "$W/out"; }
tshark -n -r "$W/log.pcap" -Y _ws.malformed 2>/dev/null | grep . &&
    fail "malformed"
exit $failed
