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

# The processes together: start, reload, refuse, end.

. ./daemon.sh
config a.conf
up -v -f "$W/a.conf"

# the processes, and who may talk to them
children_are
[ "$(stat -c %a "$UM_RUN/iked.sock")" = 660 ] || fail "mode of the socket"
[ -S "$UM_RUN/iked.sock" ] || fail "no socket"

# one daemon at a time
iked -d -f "$W/a.conf" 2>"$W/err"
[ $? -eq 1 ] || fail "a second one runs"
says "$W/err" "/var/run/iked.sock: another iked is running"
iked -d -f "$W/a.conf" -s "$W/sock" 2>"$W/err"
[ $? -eq 1 ] || fail "a second one with another socket runs"
says "$W/err" "UDP port 500 is in use"
[ ! -e "$W/sock" ] || fail "it leaves its socket behind"

# what is wrong in a new configuration leaves the old one in use
config a.conf 'ikev2 nonsense'
ikectl reload >"$W/out" 2>&1 && fail "nonsense is loaded"
says "$W/out" "$W/a.conf: 2: "
says "$W/log" "$W/a.conf: 2: "
ikectl load "$W/missing" >"$W/out" 2>&1 && fail "no file is loaded"
says "$W/out" "$W/missing"
: >"$W/log"
kill -HUP "$daemon"
await 5 grep -q 'not loaded' "$W/log" || fail "SIGHUP"
says "$W/log" "parent_sig_handler: reload requested with SIGHUP"
says "$W/log" "$W/a.conf: 2: "
config a.conf
chmod 644 "$W/a.conf"
ikectl reload >"$W/out" 2>&1 && fail "a file for everybody is loaded"
says "$W/out" "group writable or world read/writable"
ikectl show sa >/dev/null || fail "it is gone"

# and what is right is loaded
chmod 600 "$W/a.conf"
: >"$W/log"
ikectl reload || fail "reload"
says "$W/log" "configuration reloaded"
: >"$W/log"
kill -HUP "$daemon"
await 5 grep -q 'configuration reloaded' "$W/log" || fail "SIGHUP again"
config b.conf
ikectl load "$W/b.conf" || fail "load"
for i in 1 2 3 4 5; do
	kill -HUP "$daemon"
done
ikectl reset ca >/dev/null || fail "reset ca"
ikectl show certstore >/dev/null || fail "show certstore"

# other signals
kill -USR1 "$daemon"
await 5 grep -q 'parent_sig_handler: ignoring SIGUSR1' "$W/log" ||
    fail "SIGUSR1"
kill -PIPE "$daemon"
children_signaled
ikectl show sa >/dev/null || fail "a signal to a child ended it"

# no key in the log, however much there is in it
ikectl log verbose >/dev/null || fail "log verbose"
ikectl reload || fail "reload"
grep -e sesame -e 6f70656e "$W/log" && fail "a key in the log"
down

# -T and -t share nothing
up -T -f "$W/b.conf"
iked -d -t -f "$W/b.conf" -s "$W/sock" 2>"$W/err" &
other=$!
await 5 ikectl -s "$W/sock" show stats || { fail "-T and -t"; cat "$W/err"; }
iked -d -p 4511 -f "$W/b.conf" -s "$W/sock2" 2>"$W/err2" &
third=$!
await 5 ikectl -s "$W/sock2" show stats || { fail "-p"; cat "$W/err2"; }
says "$W/err2" "sysctl net.inet.esp.udpencap_port=4511"
kill $other $third
wait $other || fail "-t: exit $?"
wait $third || fail "-p: exit $?"
down

# the log of keys: asked for, and for its owner alone
mkdir "$W/keys"
up -K "$W/keys" -f "$W/b.conf"
says "$W/log" "WARNING: the keys of all tunnels are being written to"
for t in ikev2_decryption_table esp_sa; do
	[ "$(stat -c %a "$W/keys/$t")" = 600 ] || fail "mode of $t"
done
down

# a file that is not its own is not written to
mkdir "$W/theirs"
: >"$W/mine"
ln "$W/mine" "$W/theirs/esp_sa"
iked -K "$W/theirs" -f "$W/b.conf" 2>"$W/err" && fail "-K by another name"
says "$W/err" "is there already and not a file of our own"

# in the background: its exit says whether it runs
iked -f "$W/b.conf" 2>"$W/err" || { fail "daemon: exit $?"; cat "$W/err"; }
await 5 ikectl show stats || fail "no daemon"
daemon=$(ps -eo pid=,args= |
    awk -v f="$W/b.conf" '$2 ~ /iked$/ && $4 == f { print $1 }')
kill "$daemon"
await 10 test ! -e "$UM_RUN/iked.sock" || fail "the daemon does not end"
config b.conf 'set nothing'
iked -f "$W/b.conf" 2>"$W/err"
[ $? -eq 1 ] || fail "nonsense is served"
says "$W/err" "$W/b.conf: 2: "
exit $failed
