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

# pairs.sh: tests that are pairs of files, X.in and X.ok, which is what a
# program says to it, and how it ends; sourced.  bad-X.in has something wrong
# for which the program ends with 1, the others with 0.  With -l the names
# are listed.  UPDATE=1 writes X.ok anew.
#
#	judge NAME	./got is compared, which has "exit CODE" as its last
#			line; to be the last command

set -u
here=$(pwd)

if [ "$1" = -l ]; then
	ls | sed -n 's/\.in$//p'
	exit 0
fi

judge()
{
	case $1 in
	bad-*)	want=1 ;;
	*)	want=0 ;;
	esac
	tail -n 1 got | grep -q "^exit $want\$" || {
		cat got
		exit 1
	}
	[ -z "${UPDATE:-}" ] || cp got "$here/$1.ok"
	diff -u "$here/$1.ok" got
}
