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

# bench.sh: the figures, as a table on stdout, tab separated.
#
# In:	CONF, N (multiplies times and counts), JSON (a file for the same as
#	JSON lines), KBENCH (the folder of the kernel that measures),
#	QUICK=yes (a fifth of it all), LIMITS=no (do not judge)
#
# The columns: name; ours; unit; the peer and its figure, measured by turns
# with ours; ratio of ours to the peer's, its lowest and highest; runs.
#
#	cipher/CIPHER/SIZE	encryption alone, of that many bytes
#	output/CIPHER/SIZE	sec_output() to a NIC without a wire
#	input/CIPHER/SIZE	NIC to what sec_input() hands up
#	forward/CIPHER/SIZE	both gateways' processor time: NIC to NIC,
#				with a wire between the two
#	.../gbit		the same as bits of inner packets: of one
#				processor, forward by the clock on the wall
#	scale/sas-N		output with N SAs by turns; one SA is the peer
#	wakeups/1000		threads woken through the host, per 1000
#				packets forwarded, by the worse gateway
#
# The peer "cipher" is the same cipher over the same bytes, alone; the peers
# "ipsec-mb" and "openssl" are that cipher of another library.  A library
# that is not installed is named on stderr.

set -u
here=$(cd "$(dirname "$0")" && pwd)
TOP=$(cd "$here/../.." && pwd)
KBENCH=${KBENCH:-$TOP/sys/arch/um/compile/BENCH.${CONF:-GENERIC}}
W=$(mktemp -d "${TMPDIR:-/tmp}/bench.XXXXXX") || exit 1
full=1
[ "${QUICK:-no}" = no ] || full=0
receiver=
trap 'rm -rf "$W"' EXIT
trap 'finish; exit 1' HUP INT TERM

finish()
{
	[ -z "$receiver" ] || kill "$receiver" 2>/dev/null
}

# start TEST umN=BACKEND ...: become one test in a kernel of its own, which
# a signal to this process or to the group ends
start()
{
	export BSD_KTEST="$1" BSD_REALTIME=1 FULL=$full N="${N:-1}"
	shift
	exec timeout --foreground -k 5 300 "$KBENCH/bsd" "$@" \
	    >"$W/$BSD_KTEST" 2>&1
}

measure()
{
	(start "$@")
}

failed()
{
	echo "bench: $1 failed:" >&2
	grep -vE '^(sample|sent|received|provider) ' "$W/$1" >&2
	finish
	exit 1
}

forward()
{
	start bench_forward_receive um0=wire:"$W/wire" um1=inject:sink &
	receiver=$!
	tries=0
	until grep -q '^ready' "$W/bench_forward_receive" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -le 300 ] || failed bench_forward_receive
		sleep 0.1
	done
	measure bench_forward_send um0=inject: um1=wire:"$W/wire" ||
	    failed bench_forward_send
	wait $receiver || { receiver=; failed bench_forward_receive; }
	receiver=
}

[ -x "$KBENCH/bsd" ] || { echo "bench: no $KBENCH/bsd" >&2; exit 1; }
measure bench_cipher || failed bench_cipher
measure bench_output um0=inject:sink || failed bench_output
measure bench_input um0=inject: || failed bench_input
forward
measure bench_scale_output um0=inject:sink || failed bench_scale_output
measure bench_scale_input um0=inject: || failed bench_scale_input

sed -n 's/^skipped: /bench: &/p' "$W"/bench_* | sort -u >&2
awk -v json="${JSON:-}" -v limits="${LIMITS:-yes}" -f "$here/table.awk" \
    "$W"/bench_*
