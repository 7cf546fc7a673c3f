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

# checksyms.sh kernel.o [object ...]: the kernel may leave undefined only
# the host interface, what a compiler calls without being asked, and the
# runtimes of sanitizers and coverage.  The objects are searched for who
# wanted the rest.

set -eu
nm=${NM:-nm}
kernel=$1
shift

bad=$($nm -u "$kernel" | awk '{ print $2 }' | grep -Ev \
    -e '^host_' -e '^mem(cpy|move|set|cmp)$' \
    -e '^(__(asan|lsan|tsan|ubsan|sanitizer|sancov|gcov|llvm)|llvm)_' \
    -e '^__(start|stop)_' \
    -e '^(_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|__tls_get_addr)$' || :)
[ -z "$bad" ] && exit 0

echo "$kernel: undefined and not part of machine/host.h:" >&2
for s in $bad; do
	echo "  $s:" $(for o; do
		$nm -u "$o" | grep -q " $s\$" && echo "$o" || :
	done) >&2
done
exit 1
