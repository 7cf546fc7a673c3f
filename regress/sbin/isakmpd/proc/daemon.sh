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

# daemon.sh: what the tests of isakmpd's processes are made of, with proc.sh;
# sourced.
#
#	say line ...			to its FIFO
#	answers				it has done all that was said

DAEMON=isakmpd
FLAGS=-dK
CHILDREN='ca ike'
LEFT='isakmpd.fifo isakmpd.pid'
. ../../../lib/proc.sh
fifo=$UM_RUN/isakmpd.fifo
result=$UM_RUN/isakmpd.result

say()
{
	timeout 10 sh -c 'printf "%s\n" "$@" >"$0"' "$fifo" "$@" ||
	    fail "the FIFO does not take: $*"
}

answers()
{
	rm -f "$result"
	[ -p "$fifo" ] && say S && await 10 test -s "$result"
}

runs()
{
	[ -p "$fifo" ] && answers
}

goodbye()
{
	says "$W/log" "isakmpd: shutting down..."
	says "$W/log" "isakmpd: exit"
}
