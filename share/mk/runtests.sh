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

# runtests.sh [directory ...]: run the tests that the Makefiles below the
# directories (regress unless given) list; regress.mk says how.
#
# In:	CONF, N (scales counts, 1), FULL=1 (the full counts), MARK=mark (only
#	tests with that mark; MARK=row, with any row), J (tests at a time,
#	twice as many as there are CPUs: most wait for a clock)
#	SEED	of all chance that tests take: a number above 0, or "random";
#		1 unless given, random with FULL=1
#	RETRY=1	what failed runs once more, when no other test does: if it
#		passes then it has passed, and is listed
#	FAILURES	a file, for the titles and the output of what failed
# To the tests, which run in their own directory:
#	TOP, CONF, N, FULL, SEED (a number)
#	KERN	has bsd, kernel.o, libhost.a and the tools in sbin; in PATH
#	KREGRESS	the same for the kernel with the unit tests
#	W	scratch directory, removed afterwards (KEEP=1 keeps it)
#
# Marks: S1 to S13, N1 to N7 and I1 to I7 are the rows of what there shall be
# that a test proves; root is skipped without root; long runs with FULL=1 or
# MARK=long; alone runs when no other test does.  A test has 120 seconds
# (times ten with FULL=1, more under sanitizers), or says "# deadline:
# seconds": that is for tests that hang, and not for those that are slow.  A
# sanitizer's report fails the test whichever process it came from, and so
# does a process left behind.

set -u

# "directory name arg marks" of each test, tab separated; no arg is "-".
discover()
{
	find "$@" -name Makefile | sort | while read -r mf; do
		dir=${mf%/Makefile}
		entries REGRESS_TESTS "$mf" | while read -r e; do
			test_line "$dir" "$e"
		done
		entries REGRESS_LISTS "$mf" | while read -r e; do
			list_lines "$dir" "$e"
		done
	done
}

# The words of a variable of a Makefile, one on a line.
entries()
{
	awk -v var="$1" '
	{ sub(/(^|[ \t])#.*/, "") }
	more || $0 ~ "^" var "[ \t]*[+]?=" {
		if (!more)
			sub(/^[^=]*=/, "")
		more = sub(/\\$/, "")
		n = split($0, w, /[ \t]+/)
		for (i = 1; i <= n; i++)
			if (w[i] != "")
				print w[i]
	}' "$2"
}

test_line()
{
	marks=
	case $2 in
	*/*)	marks=$(echo "${2#*/}" | tr , ' ') ;;
	esac
	e=${2%%/*}
	name=${e%%:*}
	arg=-
	[ "$name" = "$e" ] || arg=${e#*:}
	case $name in
	*.sh|*.py) [ ! -r "$1/$name" ] ||
		marks="$marks $(sed -n 's/^# marks://p' "$1/$name")" ;;
	esac
	printf '%s\t%s\t%s\t %s \n' "$1" "$name" "$arg" "$marks"
}

list_lines()
{
	if ! out=$(cd "$1" && $(interpreter "$2") "$(program "$1" "$2")" -l \
	    2>&1 </dev/null); then
		echo "$1/$2 -l: $out" >&2
		printf '%s\t%s\t%s\t  \n' "$1" "$2" -l
		return
	fi
	echo "$out" | while read -r arg marks; do
		[ -z "$arg" ] ||
		    printf '%s\t%s\t%s\t %s \n' "$1" "$2" "$arg" "$marks"
	done
}

interpreter()
{
	case $1 in
	*.sh)	echo sh ;;
	*.py)	echo python3 ;;
	*)	echo env ;;
	esac
}

program()
{
	case $2 in
	*.sh|*.py) echo "$2" ;;
	*)	echo "$1/$CONF/$2" ;;
	esac
}

# Keep the lines with the mark; with "!mark", those without.
marked()
{
	case $1 in
	row)	grep -E '	.* [SNI][0-9]+ [^	]*$' ;;
	!*)	grep -v "	.* ${1#!} [^	]*\$" ;;
	*)	grep "	.* $1 [^	]*\$" ;;
	esac
}

# One test, number $1 of the list.
one()
{
	IFS='	' read -r dir name arg marks <<-END
	$(sed -n "$1p" "$WORK/list")
	END
	[ "$arg" != - ] || arg=
	title=${dir#"$TOP"/}/$name${arg:+:$arg}
	log=$WORK/$1.log
	echo "$title" >"$WORK/$1.title"
	case " $marks " in
	*" root "*)
		[ "$(id -u)" = 0 ] || { skip "$1" "needs root"; return; } ;;
	esac
	case " $marks " in
	*" long "*)
		[ "$FULL" = 1 ] || [ "$MARK" = long ] ||
		    { skip "$1" "long: make test-full"; return; } ;;
	esac
	W=$(mktemp -d "${TMPDIR:-/tmp}/um.XXXXXX") || exit 1
	export W
	start=$(date +%s%N)
	supervise
	t=$(($(date +%s%N) - start))
	t=$((t / 1000000000)).$((t / 100000000 % 10))
	judge "$1"
	[ -n "${KEEP:-}" ] || rm -rf "$W"
}

deadline()
{
	s=
	case $name in
	*.sh|*.py) s=$(sed -n 's/^# deadline: *//p' "$dir/$name" \
	    2>/dev/null) ;;
	esac
	s=${s:-120}
	[ "$FULL" = 0 ] || s=$((s * 10))
	case $CONF in
	ASAN|COVER) s=$((s * 3)) ;;
	TSAN)	s=$((s * 5)) ;;
	esac
	echo "$s"
}

# Run it under timeout(1), which leads a process group of its own; rc is
# the test's, log gets what is to be said about it.
supervise()
{
	san="log_path=$W/san:print_stacktrace=1"
	limit=$(deadline)
	cd "$dir" || exit 1
	ASAN_OPTIONS=$san UBSAN_OPTIONS=$san TSAN_OPTIONS=log_path=$W/san \
	    timeout -k 5 "$limit" $(interpreter "$name") \
	    "$(program "$dir" "$name")" ${arg:+"$arg"} \
	    >"$log" 2>&1 </dev/null &
	group=$!
	trap 'kill -s TERM -- -$group; exit 1' HUP INT TERM
	wait $group
	rc=$?
	trap - HUP INT TERM
	reason=$(tail -n 1 "$log")
	[ $rc -ne 124 ] && [ $rc -ne 137 ] ||
	    echo "no end after $limit seconds" >>"$log"
	leftover
	reports
}

# Sanitizers write into $W, but gcc's for undefined behaviour.
reports()
{
	found=$(grep -c 'runtime error:' "$log")
	for f in "$W"/san.*; do
		[ -e "$f" ] || continue
		cat "$f" >>"$log"
		found=1
	done
	[ "$found" -eq 0 ] || spoil
}

# Whatever the test itself said, it failed.
spoil()
{
	[ $rc -ne 0 ] && [ $rc -ne 77 ] || rc=1
}

# Processes of the group that do not end within a second by themselves.
leftover()
{
	for i in 1 2 3 4 5; do
		kill -s 0 -- -$group 2>/dev/null || return 0
		sleep 0.2
	done
	left=$(cat /proc/[0-9]*/stat 2>/dev/null | awk -v g=$group '{
		name = $0
		sub(/^[^(]*\(/, "", name)
		sub(/\)[^)]*$/, "", name)
		sub(/^.*\) /, "")
		if ($3 == g && $1 != "Z")
			print name
	}')
	[ -n "$left" ] || return 0
	kill -s KILL -- -$group 2>/dev/null
	echo "processes left behind:" $left >>"$log"
	spoil
}

judge()
{
	if [ $rc -eq 0 ]; then
		say "$1" pass "$(printf 'ok    %-50s %6s s' "$title" $t)"
	elif [ $rc -eq 77 ] && [ -n "$reason" ]; then
		skip "$1" "$reason"
	else
		[ $rc -ne 77 ] || echo "skipped without a reason" >>"$log"
		line="FAIL  $title (exit $rc, $t s)"
		echo "${line#FAIL  }" >"$WORK/$1.title"
		[ ! -s "$log" ] || line="$line
$(sed 's/^/    | /' "$log")"
		say "$1" fail "$line"
	fi
}

skip()
{
	say "$1" skip "$(printf 'SKIP  %-50s %s' "$title" "$2")"
}

say()
{
	echo "$2" >"$WORK/$1.res"
	flock "$WORK/lock" printf '%s\n' "$3"
}

count()
{
	cat "$WORK"/*.res 2>/dev/null | grep -c "^$1"
}

# The numbers of the tests that failed, in the order of the list.
failures()
{
	grep -l '^fail' "$WORK"/*.res 2>/dev/null |
	    sed 's,.*/\(.*\)\.res,\1,' | sort -n
}

# Those that failed once more, one by one.  What is known of the first time
# moves to $WORK/again.
again()
{
	mkdir "$WORK/again"
	these=$(failures)
	[ -z "$these" ] || echo "once more:"
	for i in $these; do
		mv "$WORK/$i.res" "$WORK/$i.title" "$WORK/$i.log" \
		    "$WORK/again"
		sh "$0" -1 "$i"
		if [ "$(cat "$WORK/$i.res" 2>/dev/null)" = pass ]; then
			echo "$i" >>"$WORK/second"
		else
			echo fail >"$WORK/$i.res"
		fi
	done
}

# A file without the middle, if it is long.
excerpt()
{
	awk '
	NR <= 60 { print "    | " $0; next }
	{ last[NR % 20] = $0 }
	END {
		from = NR - 19 > 61 ? NR - 19 : 61
		if (from > 61)
			print "    [" from - 61 " lines]"
		for (i = from; i <= NR; i++)
			print "    | " last[i % 20]
	}' "$1"
}

# "FAIL number" of each that failed, LATE of what passed at the second
# attempt, LOST of what came to no result.
unwell()
{
	failures | sed 's/^/FAIL /'
	[ ! -e "$WORK/second" ] || sed 's,^,LATE again/,' "$WORK/second"
	for f in "$WORK"/*.title; do
		i=${f##*/}
		[ ! -e "$f" ] || [ -e "$WORK/${i%.title}.res" ] ||
		    echo "LOST ${i%.title}"
	done
}

# The titles of these, and to FAILURES all that is known.
report()
{
	unwell >"$WORK/unwell"
	while read -r word i; do
		echo "$word  $(cat "$WORK/$i.title")" | tee -a "$FAILURES"
		[ ! -s "$WORK/$i.log" ] ||
		    excerpt "$WORK/$i.log" >>"$FAILURES"
	done <"$WORK/unwell" >"$WORK/titles"
	section FAIL "failed:"
	section LOST "came to no result:"
	section LATE "passed only at the second attempt:"
}

section()
{
	! grep -q "^$1" "$WORK/titles" || {
		echo "$2"
		sed -n "s/^$1/   /p" "$WORK/titles"
	}
}

# Each row of what there shall be, its tests and their results; a row that no
# test names is "none".
rows()
{
	i=0
	while IFS='	' read -r dir name arg marks; do
		i=$((i + 1))
		[ "$arg" != - ] || arg=
		for mark in $marks; do
			echo "$mark ${dir#"$TOP"/}/$name${arg:+:$arg}" \
			    "$(cat "$WORK/$i.res" 2>/dev/null || echo lost)"
		done
	done <"$WORK/list" | awk -v OFS='\t' '
	BEGIN {
		split("S13 N7 I7", last)
		for (l = 1; l <= 3; l++)
			for (n = 1; n <= substr(last[l], 2) + 0; n++)
				order[++rows] = substr(last[l], 1, 1) n
	}
	$1 ~ /^[SNI][0-9]+$/ { tests[$1] = tests[$1] $1 OFS $2 OFS $3 "\n" }
	END {
		for (r = 1; r <= rows; r++)
			if (order[r] in tests)
				printf "%s", tests[order[r]]
			else
				print order[r], "none", "fail"
	}'
}

# SEED as a number that every generator takes.
seed()
{
	case $1 in
	random)	echo $(($(od -A n -N 4 -t u4 /dev/urandom) % 1000000000 + 1)) ;;
	*[!0-9]*|0*|??????????*)
		echo "SEED=$1: a number from 1 to 999999999, or random" >&2
		return 1 ;;
	*)	echo "$1" ;;
	esac
}

if [ "${1:-}" = -1 ]; then
	one "$2"
	exit 0
fi

TOP=$(cd "$(dirname "$0")/../.." && pwd)
export TOP CONF="${CONF:-GENERIC}" N="${N:-1}" FULL="${FULL:-0}"
usual=1
[ "$FULL" = 0 ] || usual=random
SEED=$(seed "${SEED:-$usual}") || exit 1
export SEED
RETRY=${RETRY:-0} FAILURES=${FAILURES:-/dev/null}
export MARK="${MARK:-}" KERN="$TOP/sys/arch/um/compile/$CONF"
export KREGRESS="$TOP/sys/arch/um/compile/REGRESS.$CONF"
export PATH="$KERN:$PATH"
# Of the make that called: tests that run make start anew.
unset MAKEFLAGS MAKELEVEL MFLAGS T
WORK=$(mktemp -d "${TMPDIR:-/tmp}/um-run.XXXXXX") || exit 1
export WORK
trap 'report; rm -rf "$WORK"' EXIT
trap 'exit 1' HUP INT TERM

[ $# -gt 0 ] || set -- "$TOP/regress"
for d; do
	shift
	set -- "$@" "$(cd "$d" && pwd)" || exit 1
done
begin=$(date +%s)
echo "SEED=$SEED"
discover "$@" >"$WORK/all"
if [ -n "$MARK" ]; then
	marked "$MARK" <"$WORK/all" >"$WORK/list"
else
	cp "$WORK/all" "$WORK/list"
fi
marked !alone <"$WORK/list" >"$WORK/many"
marked alone <"$WORK/list" >"$WORK/alone"
cat "$WORK/many" "$WORK/alone" >"$WORK/list"
many=$(wc -l <"$WORK/many")
all=$(wc -l <"$WORK/list")
[ "$all" -gt 0 ] || echo "no test found${MARK:+ with the mark $MARK}"

[ "$many" -eq 0 ] ||
    seq 1 "$many" | xargs -P "${J:-$(($(nproc) * 3))}" -n 1 sh "$0" -1
[ "$many" -eq "$all" ] ||
    seq $((many + 1)) "$all" | xargs -n 1 sh "$0" -1

[ "$RETRY" = 0 ] || again
report
trap 'rm -rf "$WORK"' EXIT
[ "$MARK" != row ] || rows
passed=$(count pass) failed=$(count fail) skipped=$(count skip)
lost=$((all - passed - failed - skipped))
[ $lost -eq 0 ] || echo "$lost tests came to no result"
echo "$(($(date +%s) - begin)) s"
echo "$passed passed, $((failed + lost)) failed, $skipped skipped"
[ "$all" -gt 0 ] && [ $((failed + lost)) -eq 0 ]
