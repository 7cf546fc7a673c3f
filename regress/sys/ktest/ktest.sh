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


# ktest.sh -l | group | test: run kernel tests, each in a kernel of its own.
# A group is all tests of a kt_*.c file, without "kt_"; those for several
# processors are the group with "-mp" behind, and run with a virtual clock on
# one processor and again on four.
#
# In: KREGRESS; SEED (chosen and printed); N and FULL as in runtests.sh.
# deadline: 300

set -u
: "${TOP:=$(cd ../../.. && pwd)}" "${CONF:=GENERIC}"
: "${KREGRESS:=$TOP/sys/arch/um/compile/REGRESS.$CONF}"
: "${SEED:=$(od -A n -N 4 -t u4 /dev/urandom | tr -d ' ')}"
limit=100
[ "$CONF" = GENERIC ] || limit=100
[ "${FULL:-0}" = 0 ] || limit=300
N=${N:-1} FULL=${FULL:-0}
export N FULL

# "group test" of all that are expected to pass.  The kernel says which
# there are, the sources where they come from.
tests()
{
	find "$TOP/regress/sys" -name 'kt_*.c' -exec awk '
	/^KTEST\(/ {
		n = FILENAME
		sub(/.*\/kt_/, "", n)
		sub(/\.c$/, "", n)
		t = $0
		gsub(/^KTEST\(|,.*/, "", t)
		print t, n
	}' {} + | sort >"$tmp/sources"
	BSD_KTEST=-l "$KREGRESS/bsd" 2>&1 | sort >"$tmp/kernel"
	join -a 2 -e other -o 1.2,2.1,2.2 "$tmp/sources" "$tmp/kernel" |
	    awk '$2 != "planted_race" && $2 !~ /^(misuse|bench)_/ {
		print $1 ($3 == "mp" ? "-mp" : ""), $2
	}' | sort
}

# The rows that the file of a group says it proves.
rows()
{
	sed -n 's,^/\* rows: \(.*\) \*/$,\1,p' \
	    "$TOP"/regress/sys/*/kt_"$1".c 2>/dev/null
}

# run TEST option ...: one kernel; its output only when it fails
run()
{
	t=$1
	shift
	out=$tmp/$t$#.out
	BSD_KTEST=$t timeout -k 1 $limit "$KREGRESS/bsd" -s "$SEED" "$@" \
	    >"$out" 2>&1
	rc=$?
	[ $rc -ne 0 ] || grep -q "^ok $t: " "$out" || rc="0, but not ok"
	[ "$rc" != 0 ] || return 0
	[ "$rc" != 124 ] && [ "$rc" != 137 ] || rc="no end after $limit s"
	echo "$t: $rc (N=$N FULL=$FULL BSD_KTEST=$t bsd -s $SEED $*)" >>"$out"
	cp "$out" "$out.failed"
}

tmp=$(mktemp -d "${W:-${TMPDIR:-/tmp}}/ktest.XXXXXX") || exit 1
# kernels that do not end well leave their folder
export TMPDIR="$tmp"
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
[ -x "$KREGRESS/bsd" ] || {
	echo "ktest: no $KREGRESS/bsd; make it in sys/arch/um: make regress"
	exit 1
}
tests >"$tmp/all"
[ -s "$tmp/all" ] || { cat "$tmp/kernel"; exit 1; }
if [ "${1:?-l, a group or a test}" = -l ]; then
	awk '!seen[$1]++ { print $1 ($1 ~ /-mp$/ ? " mp" : "") }' "$tmp/all" |
	    while read -r group mark; do
		echo "$group $mark $(rows "${group%-mp}")"
	done
	exit 0
fi
awk -v want="$1" '$1 == want || $2 == want { print $2 }' "$tmp/all" \
    >"$tmp/these"
[ -s "$tmp/these" ] || { echo "ktest: no test or group \"$1\""; exit 1; }
while read -r name; do
	run "$name"
done <"$tmp/these"
# With the clock of the host they mostly wait: all at a time.
for name in $(grep '^mp_' "$tmp/these"); do
	run "$name" -j 4 &
done
wait
cat "$tmp"/*.failed 2>/dev/null
! ls "$tmp"/*.failed >/dev/null 2>&1
