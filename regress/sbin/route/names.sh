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

# names.sh: names of hosts instead of addresses, both ways, from the
# machine's own hosts file.

set -u
if [ "${1:-}" != inside ]; then
	mkdir "$W/etc"
	cat >"$W/etc/hosts" <<-END
	192.0.2.1	gw
	10.5.5.5	far.example
	10.6.6.6	a-name-that-is-longer-than-its-column
	END
	bsd -e "$W/etc" um0=inject: -- sh "$0" inside >"$W/out" 2>&1
	diff -u names.ok "$W/out"
	exit
fi

ifconfig lo1 create
ifconfig lo1 inet 192.0.2.1/32
route add far.example gw
route add 10.6.6.6 192.0.2.1
route add -net far.example gw
route show | sed 's/^\(.\{45\}\).\{14\}/\1             -/'
route get far.example | sed '/use/,$d'
route -n get far.example | sed '/use/,$d'
netstat -I lo1 -f inet
netstat -n -I lo1 -f inet
route delete far.example
exit 0
