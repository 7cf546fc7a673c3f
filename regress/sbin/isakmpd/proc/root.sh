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


# As root of the host: another user and another root directory, and the
# private key handed over.  With a list of users of its own.
# marks: root

AS=root
. ./daemon.sh

# a key that only root can read, and that ca complains about when it has it
key=$UM_ETC/isakmpd/private/local.key
mkdir -p "$UM_ETC/isakmpd/private"
openssl genrsa -out "$key" 512 2>/dev/null
up
rooted "$UM_ETC/isakmpd"
logs "private/local.key: no private key in PEM, without passphrase, that is"
says "$W/log" "its RSA modulus has 512 bits"
: >"$W/log"
kill -HUP "$daemon"
logs "its RSA modulus has 512 bits"
: >"$W/log"
chmod 640 "$key"
say R
logs "/etc/isakmpd/private/local.key: others than its owner may read or write"
[ "$(stat -c %u:%g:%a "$fifo")" = 0:0:600 ] || fail "FIFO"
[ "$(stat -c %u:%g:%a "$result")" = 0:0:600 ] || fail "result"
say 'p on'
logs "packets are logged, decrypted, to /var/run/isakmpd.pcap"
[ "$(stat -c %u:%a "$UM_RUN/isakmpd.pcap")" = 0:600 ] || fail "packet log"
down
[ ! -e "$UM_RUN/isakmpd.empty" ] || fail "isakmpd.empty is still there"

# without a directory for ca
rm -r "$UM_ETC/isakmpd"
up
rooted
down
exit $failed
