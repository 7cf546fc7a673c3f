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

# marks: S13

# runner.sh: what share/mk/runtests.sh says of tests that pass, fail, fail
# the first time and hang, and which seed they get.

. "${TOP:=$(cd ../.. && pwd)}/regress/lib/lib.sh"
# those of the run that this test belongs to
unset MARK KEEP J RETRY FAILURES SEED
export FULL=0 CONF=GENERIC TMPDIR="$W"

# run DIRECTORY ...: with variables as env takes them
run()
{
	dir=$1
	shift
	: >"$W/failures"
	env "$@" sh "$TOP/share/mk/runtests.sh" "$W/$dir" >"$W/out" 2>&1
	rc=$?
}

# says line: there is this line, whole
says()
{
	grep -qxF -e "$1" "${2:-$W/out}" || {
		fail "not said: $1"
		cat "${2:-$W/out}"
	}
}

ends()
{
	[ "$(tail -n 1 "$W/out")" = "$1" ] && [ $rc -eq "$2" ] || {
		fail "not \"$1\" and exit $2, but $rc:"
		cat "$W/out"
	}
}

mkdir "$W/good" "$W/bad" "$W/hangs"
echo 'REGRESS_TESTS= seed.sh none.sh' >"$W/good/Makefile"
# shellcheck disable=SC2016
echo 'echo "$SEED" >>"$LIST"' >"$W/good/seed.sh"
echo 'echo "no reason"; exit 77' >"$W/good/none.sh"
export LIST="$W/seeds"
run good
ends "1 passed, 0 failed, 1 skipped" 0
says SEED=1
run good FULL=1
ends "1 passed, 0 failed, 1 skipped" 0
run good FULL=1
run good SEED=77 FULL=1
says SEED=77
run good SEED=random
says "SEED=$(tail -n 1 "$LIST")"
[ "$(sed -n 1p "$LIST")" = 1 ] && [ "$(sed -n 4p "$LIST")" = 77 ] &&
    [ "$(sort -u "$LIST" | wc -l)" -eq 5 ] || fail "seeds: $(cat "$LIST")"
for s in 0 -1 x 1x 12345678901; do
	run good SEED=$s
	[ $rc -ne 0 ] && [ "$(wc -l <"$W/out")" -eq 1 ] || fail "SEED=$s"
done

echo 'REGRESS_TESTS= never.sh once.sh' >"$W/bad/Makefile"
echo 'seq 1000 1099; exit 3' >"$W/bad/never.sh"
echo "[ -e '$W/ran' ] || { echo the first; >'$W/ran'; exit 1; }" \
    >"$W/bad/once.sh"
run bad FAILURES="$W/failures"
ends "0 passed, 2 failed, 0 skipped" 1
says "failed:"
[ "$(sed '1,/^failed:/d' "$W/out" | grep -cE \
    '/bad/(never.sh \(exit 3|once.sh \(exit 1), [0-9.]+ s\)')" -eq 2 ] ||
    fail "the titles at the end: $(cat "$W/out")"
says "    | 1059" "$W/failures"
says "    [20 lines]" "$W/failures"
says "    | 1080" "$W/failures"
! grep -q 1060 "$W/failures" || fail "60 lines are more"
says "    | the first" "$W/failures"

rm "$W/ran"
run bad FAILURES="$W/failures" RETRY=1
ends "1 passed, 1 failed, 0 skipped" 1
says "passed only at the second attempt:"
says "    | the first" "$W/failures"
[ "$(grep -c '^FAIL .*/never.sh ' "$W/failures")" -eq 1 ] &&
    [ "$(grep -c '^LATE .*/once.sh ' "$W/failures")" -eq 1 ] ||
    { fail "failures:"; cat "$W/failures"; }
[ "$(grep -c '^FAIL  .*/never.sh ' "$W/out")" -eq 2 ] ||
    fail "not tried once more"

# who ends the run is told what it was about
echo 'REGRESS_TESTS= sleep.sh' >"$W/hangs/Makefile"
echo "echo on; exec sleep 100" >"$W/hangs/sleep.sh"
run hangs timeout 3 env FAILURES="$W/failures"
[ $rc -eq 124 ] || fail "exit $rc"
says "came to no result:"
says "    | on" "$W/failures"
verdict
