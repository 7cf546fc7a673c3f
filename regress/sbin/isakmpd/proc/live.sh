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
conf=$UM_ETC/isakmpd/isakmpd.conf
mkdir "$UM_ETC/isakmpd"
up -v
says "$W/log" "isakmpd: starting"
grep -q KeyNote "$W/log" && fail "KeyNote, with -K"

# the processes, and their files
children_are
[ "$(stat -c %a "$fifo")" = 600 ] || fail "mode of the FIFO"
[ "$(cat "$UM_RUN/isakmpd.pid")" = "$daemon" ] || fail "isakmpd.pid"

# one daemon at a time
isakmpd -dK 2>"$W/err"
[ $? -eq 1 ] || fail "a second one runs"
says "$W/err" "/var/run/isakmpd.pid: another isakmpd is running"
isakmpd -dK -i "$W/pid" 2>"$W/err" -p 5000 -N 5001
[ $? -eq 1 ] || fail "a second one with another pid file runs"
says "$W/err" "/var/run/isakmpd.fifo: another isakmpd is running"
isakmpd -dK -i "$W/pid" -f "$W/fifo" 2>"$W/err"
[ $? -eq 1 ] || fail "a second one with another FIFO runs"
says "$W/err" "UDP port 500 is in use"
[ ! -e "$W/fifo" ] || fail "it leaves its FIFO behind"

# what is wrong in a new configuration leaves the old one in use
umask 077
printf '[General]\nRetransmits= 4\n' >"$conf"
kill -HUP "$daemon"
logs "reload requested with SIGHUP"
logs "configuration reloaded"
say 'C get [General]:Retransmits'
await 5 grep -qx 4 "$result" || fail "not reloaded"
printf '[General\n' >"$conf"
kill -HUP "$daemon"
logs "/etc/isakmpd/isakmpd.conf: not loaded, the old configuration stays"
says "$W/log" "/etc/isakmpd/isakmpd.conf: 1: "
rm "$result"
say 'C get [General]:Retransmits'
await 5 grep -qx 4 "$result" || fail "it is gone"
printf '[General]\nRetransmits= 5\n' >"$conf"
chmod 644 "$conf"
say R
await 5 eval '[ $(grep -c "not loaded" "$W/log") = 2 ]' ||
    { fail "mode 644"; cat "$W/log"; }
chmod 600 "$conf"
say R 'C get [General]:Retransmits'
await 5 grep -qx 5 "$result" || fail "R does not reload"

# other signals
kill -USR1 "$daemon"
await 5 grep -q '^Retransmits= 5' "$UM_RUN/isakmpd.report" || fail "SIGUSR1"
kill -PIPE "$daemon"
children_signaled
answers || fail "a signal ended it"
down

# without -K the same, and it says so; with a policy, too
: >"$UM_ETC/isakmpd/isakmpd.policy"
isakmpd -d 2>"$W/log" &
daemon=$!
logs "there is no KeyNote policy here: going on as with -K"
logs "/etc/isakmpd/isakmpd.policy is not read"
await 5 answers || fail "no daemon without -K"
kill -INT "$daemon"
ended

# other files, ports and families, beside another daemon
up -4 -N 4501
says "$W/log" "sysctl net.inet.esp.udpencap_port=4501"
isakmpd -dK -i "$W/pid" -f "$W/fifo" -T -p 5000 -c "$W/none" \
    -R "$W/report" -n 2>"$W/err" &
other=$!
await 5 test -p "$W/fifo" || { fail "-p"; cat "$W/err"; }
await 5 grep -q starting "$W/err"
echo r >"$W/fifo"
await 5 test -s "$W/report" || { fail "-R"; cat "$W/err"; }
[ "$(stat -c %a "$W/report")" = 600 ] || fail "mode of the report"
echo Q >"$W/fifo"
wait $other || fail "Q: exit $?"
[ ! -e "$W/fifo" ] && [ ! -e "$W/pid" ] || fail "-i and -f are still there"
down

# what is there and not its own stays
refuses()
{
	timeout 10 isakmpd -dK 2>"$W/err"
	[ $? -eq 1 ]
}

: >"$fifo"
refuses || fail "a FIFO that is a file"
says "$W/err" "/var/run/isakmpd.fifo is there already, and no FIFO"
[ -f "$fifo" ] || fail "it is gone"
rm "$fifo"
mkfifo -m 600 "$W/theirs"
ln -s "$W/theirs" "$fifo"
refuses || fail "a FIFO that is a link"
says "$W/err" "/var/run/isakmpd.fifo is there already, and no FIFO"
rm "$fifo"
mkfifo -m 622 "$fifo"
refuses || fail "a FIFO for everybody"
says "$W/err" "others than its owner may read or write it"
rm "$fifo"
: >"$W/mine"
ln "$W/mine" "$UM_RUN/isakmpd.pid"
refuses || fail "a pid file by another name"
says "$W/err" "isakmpd.pid is there already and not a file of our own"
rm "$UM_RUN/isakmpd.pid"

# commands on the standard input, which may be a file, and end
printf '%s\n' 'C set [a]:b=c' 'C get [a]:b' Q >"$W/in"
isakmpd -dK -f - <"$W/in" 2>"$W/log" || { fail "-f -"; cat "$W/log"; }
grep -qx c "$result" || fail "-f -: C get"
[ ! -e "$fifo" ] || fail "-f - makes a FIFO"
isakmpd -dK -f - </dev/null 2>"$W/log" &
daemon=$!
logs "isakmpd: starting"
sleep 0.2
kill "$daemon"
ended

# in the background: its exit says whether it runs
isakmpd -K 2>"$W/err" || { fail "daemon: exit $?"; cat "$W/err"; }
await 5 answers || fail "no daemon"
daemon=$(cat "$UM_RUN/isakmpd.pid")
kill "$daemon"
await 10 test ! -e "$UM_RUN/isakmpd.pid" || fail "the daemon does not end"
await 5 test ! -e "$fifo"
printf 'junk\n' >"$conf"
isakmpd -K 2>"$W/err"
[ $? -eq 1 ] || fail "nonsense is served"
says "$W/err" "/etc/isakmpd/isakmpd.conf: 1: "
exit $failed
