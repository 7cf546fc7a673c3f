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


# Every command of the FIFO, and every kind of line that is none.

. ./daemon.sh
up -D 10=50

# get section tag value: it is that, or nothing
get()
{
	rm -f "$result"
	say "C get [$1]:$2"
	if [ -n "$3" ]; then
		await 5 test -e "$result" && [ "$(cat "$result")" = "$3" ] ||
		    fail "[$1]:$2 is not $3"
	else
		logs "fifo: C get [$1]:$2: there is no such value"
	fi
}

# refused line text: one line of the log says that, and why
refused()
{
	: >"$W/log"
	say "$1"
	logs "fifo: $2"
	[ "$(grep -c '^fifo: ' "$W/log")" = 1 ] || {
		fail "$1: more than one line:"
		cat "$W/log"
	}
}

# C
say 'C set [peer-a]:Address=192.0.2.7 force' 'C set [peer-a]:Phase=1 force'
get peer-a Address 192.0.2.7
say 'C set [peer-a]:Address=192.0.2.8'
get peer-a Address 192.0.2.7
say 'C set [peer-a]:Address=192.0.2.9 force'
get peer-a Address 192.0.2.9
get PEER-A ADDRESS 192.0.2.9
say 'C add [Phase 2]:Passive-Connections=x force' \
    'C add [Phase 2]:Passive-Connections=y' \
    'C add [Phase 2]:Passive-Connections=x'
get 'Phase 2' Passive-Connections x,y
say 'C rmv [Phase 2]:Passive-Connections=x'
get 'Phase 2' Passive-Connections y
say 'C rm [peer-a]:Address'
get peer-a Address ''
say 'C rms [peer-a]'
get peer-a Phase ''
say 'C rms [Phase 2]'
# names and values with what else separates
say 'C set [from-10.0.0.0/8=tcp:80-to-::/0]:Phase=2 force'
get 'from-10.0.0.0/8=tcp:80-to-::/0' Phase 2
say 'C set [peer-b]:Authentication=a=b c force'
get peer-b Authentication 'a=b c'
# a line that comes in parts
printf 'C set [peer-b]:Add' >"$fifo"
printf 'ress=192.0.2.3\nC ge' >"$fifo"
printf 't [peer-b]:Address\n' >"$fifo"
await 5 grep -qx 192.0.2.3 "$result" || fail "a line in parts"
[ "$(stat -c %a "$result")" = 600 ] || fail "mode of the result"

# no value of Authentication in any log or report
says "$W/log" 'C set [peer-b]:Authentication...'
: >"$W/log"
say 'C set [peer-b]:Authentication=sesame force' \
    'C set [peer-b]:Authentication sesame' 'C Authentication sesame' \
    'set [peer-b]:Authentication=sesame' \
    'C rmv [peer-c]:Authentication=sesame' \
    'C rms [peer-b]:Authentication=sesame' 'C rms [Authentication sesame' \
    'C get [peer-c]:Authentication sesame' r
await 5 test -s "$UM_RUN/isakmpd.report" || fail "no report"
[ "$(grep -c '^fifo: ' "$W/log")" = 7 ] || { fail "refusals"; cat "$W/log"; }
grep -l sesame "$W/log" "$UM_RUN/isakmpd.report" && fail "a key is told"
[ "$(stat -c %a "$UM_RUN/isakmpd.report")" = 600 ] || fail "mode of report"

# what is no command
refused x 'x: there is no such command, see isakmpd(8)'
refused cx 'cx: there is no such command'
refused C 'C: after C there is set, add, rmv, rm, rms or get'
refused 'C sat [a]:b=c' 'C sat [a]:b...: after C there is set'
refused 'C set' 'C set: no [section]'
refused 'C set a:b=c' 'C set a:b...: no [section]'
refused 'C set [a' 'C set [a: the [section] has no end'
refused 'C set []:b=c' 'C set []:b...: the [section] has no name'
refused 'C rms []' 'C rms []: the [section] has no name'
refused 'C set [a]:=c' 'C set [a]:...: there is no tag'
refused 'C set [a]:b' 'C set [a]:b: it has to be C set [section]:tag=value'
refused 'C add [a]:b' 'C add [a]:b: it has to be C add [section]:tag=value'
refused 'C rm [a]' 'C rm [a]: it has to be C rm [section]:tag'
refused 'C rms [a]:b' 'C rms [a]:b: it has to be C rms [section]'
refused 'C get [a]' 'C get [a]: it has to be C get [section]:tag'
refused 'C rmv [a]:b=c' 'C rmv [a]:b...: '
refused 'C rm [a]:b' 'C rm [a]:b: '
refused 'C rms [a]' 'C rms [a]: '
refused c 'c: it has to be c connection'
refused 'c a b' 'c a b: it has to be c connection'
refused 'c nobody' 'c nobody: '
refused t 't: it has to be t [main|quick] name'
refused 't slow a' 't slow a: it has to be t [main|quick] name'
refused 't main a b' 't main a b: it has to be t [main|quick] name'
refused 't nobody' 't nobody: '
refused 't main 192.0.2.99' 't main 192.0.2.99: '
refused 't quick nobody' 't quick nobody: '
refused 'T x' 'T x: this command stands alone'
refused 'd 0123456789abcdef' 'd 0123456789abcdef: it has to be d cookies'
refused 'd junk -' 'd junk: '
refused 'd 0123456789abcdef0123456789abcdef -' \
    'd 0123456789abcdef0123456789abcdef: '
refused M 'M: it has to be M active or M passive'
refused 'M x' 'M x: it has to be M active or M passive'
refused p 'p: it has to be p on, p on=path or p off'
refused 'p on=' 'p on...: it has to be p on'
refused D 'D: it has to be D class level'
refused 'D 11 1' 'D 11 1: it has to be D class level'
refused 'D 1 100' 'D 1 100: it has to be D class level'
refused 'S x' 'S x: this command stands alone'
: >"$W/log"
say 'p on=/etc/isakmpd.pcap'
logs 'packet log /etc/isakmpd.pcap: it has to be in /var/run'
ln -s "$W/elsewhere" "$UM_RUN/link"
say 'p on=/var/run/link'
logs 'packet log /var/run/link: '
[ ! -e "$W/elsewhere" ] || fail "a packet log by a link"

# the others
say T
say 'M passive' 'M active'
logs "active mode"
say 'p on=/var/run/some.pcap'
await 5 test -s "$UM_RUN/some.pcap" || fail "p on=path"
[ "$(stat -c %a "$UM_RUN/some.pcap")" = 600 ] || fail "mode of a packet log"
say 'p off'
logs "packets are not logged any more"
: >"$W/log"
say 'D A 0' S 'D 10 50' 'c quiet' 'D T' S 'D T' 'c loud'
logs 'ui 50: c loud'
[ "$(grep -c '^ui 50: S$' "$W/log")" = 0 ] || fail "D"

# too long, and no text: one line each, and then it goes on
: >"$W/log"
long=$(printf '%2000s' '' | tr ' ' y)
say "C set [a]:b=$long" 'C set [a]:c=d'
logs "fifo: a line of more than 1023 characters is ignored"
get a c d
printf 'C set [a]:b=\0c\n' >"$fifo"
logs "fifo: a line that is no text is ignored"
printf 'C set [a\1]:b=c\n' >"$fifo"
logs "fifo: C set [a?]:b...: a name is not printable ASCII"
printf 'c a\377b\n' >"$fifo"
logs "fifo: c a?b: it is not printable ASCII"
[ "$(grep -c '^fifo: ' "$W/log")" = 4 ] || { fail "junk"; cat "$W/log"; }
printf '\n\n   \n' >"$fifo"

# a file that is not its own is not written to
rm -f "$result"
echo mine >"$W/mine"
ln -s "$W/mine" "$result"
say S
logs "/var/run/isakmpd.result is there already and not a file of our own"
[ "$(cat "$W/mine")" = mine ] || fail "it is written by a link"
rm "$result"

kill -0 "$daemon" || fail "it is gone"
say Q
ended
exit $failed
