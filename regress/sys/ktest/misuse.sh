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


# misuse.sh: wrong use has to stop the kernel with a message that names the
# place.  Each test of kt_misuse.c has a line here; HERE is the last line of
# the test but the check that is never reached.

set -u
: "${KREGRESS:?run by runtests.sh}" "${TOP:=../../..}" "${W:?}"
source=$TOP/regress/sys/kern/kt_misuse.c
export TMPDIR="$W"
ulimit -c 0
failed=0

expected()
{
	cat <<-'END'
	misuse_barrier_smr	HERE: sleeps inside an SMR section
	misuse_deadlock	deadlock: every thread sleeps without a deadline
	misuse_double_free	free at HERE: .*freed at .*kt_misuse.c
	misuse_free_size	free at HERE: wrong size.*from .*kt_misuse.c:
	misuse_m_free	m_free: 0x[0-9a-f]* is free already
	misuse_malloc_mutex	HERE: sleeps with a mutex held
	misuse_mutex_twice	mtx_enter HERE: this thread holds it already
	misuse_net_assert	netlock not held at HERE
	misuse_net_unlock	NET_UNLOCK_SHARED HERE: not held
	misuse_netlock	NET_LOCK HERE: held shared already
	misuse_pool_put	pool_put: misuse: double put of 0x
	misuse_refcnt	refcnt_take: from zero
	misuse_rw_exit	rw_exit misuse HERE: not held by this thread
	misuse_sleep_mutex	misusing:0: sleeps with a mutex held
	misuse_sleep_smr	HERE: sleeps inside an SMR section (thread main)
	misuse_smr_leave	smr_read_leave HERE: no section is open
	misuse_unlock	mtx_leave HERE: not held by this thread
	END
}

# place TEST: kt_misuse.c:LINE of the wrong use in it
place()
{
	awk -v t="KTEST($1," '
	index($0, t) == 1 { on = 1 }
	on && /the kernel went on/ { print "kt_misuse.c:" NR - 1; exit }
	' "$source"
}

expected >"$W/expected"
cut -f 1 "$W/expected" >"$W/names"
if ! BSD_KTEST=-l "$KREGRESS/bsd" 2>&1 | grep '^misuse_' | sort |
    diff "$W/names" - >&2; then
	echo "misuse.sh: that is not the list of the kernel"
	exit 1
fi
while IFS='	' read -r name want; do
	want=$(echo "$want" | sed "s|HERE|[^ ]*$(place "$name")|")
	# the sanitizer's own report counts where it comes first
	BSD_KTEST=$name ASAN_OPTIONS= TSAN_OPTIONS=report_bugs=0 \
	    timeout -k 1 30 "$KREGRESS/bsd" -s 1 >"$W/out" 2>&1
	rc=$?
	grep -q "^panic: $want" "$W/out" && [ $rc -eq 134 ] && continue
	[ "${CONF:-}" = ASAN ] && [ $rc -ne 0 ] &&
	    grep -q 'ERROR: AddressSanitizer' "$W/out" && continue
	echo "$name: exit $rc, expected 134 and \"panic: $want\", got:"
	cat "$W/out"
	failed=1
done <"$W/expected"
exit $failed
