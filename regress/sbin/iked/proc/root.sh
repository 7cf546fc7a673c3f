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
config a.conf

mkdir -p "$UM_ETC/iked/private"
openssl ecparam -genkey -name prime256v1 -noout \
    >"$UM_ETC/iked/private/local.key"
up -f "$W/a.conf"
rooted "$UM_ETC/iked"
ikectl show certstore >"$W/out" || fail "show certstore"
says "$W/out" "ECDSA P-256"

# a new key, twice: with the configuration and without it
openssl ecparam -genkey -name secp384r1 -noout \
    >"$UM_ETC/iked/private/local.key"
ikectl reset ca >/dev/null || fail "reset ca"
ikectl show certstore >"$W/out"
says "$W/out" "ECDSA P-384"
rm "$UM_ETC/iked/private/local.key"
ikectl reload || fail "reload"
ikectl show certstore >"$W/out"
grep -q 'ECDSA P-384' "$W/out" && fail "the key is still known"
[ "$(stat -c %u:%g:%a "$UM_RUN/iked.sock")" = 0:0:660 ] || fail "socket"

# whom the socket's mode forbids, and whom only the daemon does
mode=$(stat -c %a "$UM_RUN/..")
chmod 711 "$UM_RUN" "$UM_RUN/.."
setpriv --reuid=65534 --regid=65534 --clear-groups \
    "$KERN/sbin/ikectl" show sa >/dev/null 2>&1 && fail "nobody may ask"
chmod 666 "$UM_RUN/iked.sock"
setpriv --reuid=65534 --regid=65534 --clear-groups \
    "$KERN/sbin/ikectl" show sa >/dev/null 2>&1 && fail "nobody may ask now"
says "$W/log" "uid 65534, gid 65534 may not use the control socket"
chmod "$mode" "$UM_RUN" "$UM_RUN/.."
down
[ ! -e "$UM_RUN/iked.empty" ] || fail "iked.empty is still there"

# without a directory for ca
rm -r "$UM_ETC/iked"
up -f "$W/a.conf"
rooted
down
exit $failed
