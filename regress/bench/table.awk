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

# From what the kernels said to the table of bench.sh.  In, in any order:
#
#	hz CLOCKS			per second
#	sample NAME UNIT PEER OURS PEER'S	hundredths, one run
#	provider NAME PROVIDER		that serves our side of it
#	sent SLOT NAME RUN PACKETS CPU WAKEUPS PEER'S	CPU in ns
#	received SLOT PACKETS CPU WAKEUPS ELAPSED	in clocks

$1 == "hz" {
	hz = $2
}
$1 == "sample" {
	add($2, $3, $4, $5 / 100, $6 / 100)
}
$1 == "provider" {
	provider[$2] = $3
}
$1 == "sent" {
	sent[$2] = $0
	order[nslots++] = $2
}
$1 == "received" {
	received[$2] = $0
}

function fail(msg) {
	print "bench: " msg >"/dev/stderr"
	status = 1
}

# One run of a figure.  A name has a row for each of its peers.
function add(name, u, p, o, t,	key) {
	key = name " " p
	if (!(key in runs))
		keys[nkeys++] = key
	unit[key] = u
	ours[key, runs[key] + 0] = o
	theirs[key, runs[key] + 0] = t
	runs[key]++
}

# The figure again, as bits of packets of that size per second.
function addbits(key,	n, i, size, part, w) {
	split(key, w, " ")
	n = split(w[1], part, "/")
	size = part[n]
	for (i = 0; i < runs[key]; i++)
		add(w[1] "/gbit", "Gbit/s", w[2], bits(size, ours[key, i]),
		    bits(size, theirs[key, i]))
}

function bits(size, clocks) {
	return (size * 8 * hz / clocks / 1e9)
}

# Slots whose run is 0 warmed up.
function slots(	i, s, r, k, clocks, n, part) {
	for (i = 0; i < nslots; i++) {
		split(sent[order[i]], s, " ")
		if (split(received[order[i]], r, " ") == 0 || r[3] != s[5]) {
			fail(s[3] ": of " s[5] " packets " r[3] + 0 \
			    " arrived")
			continue
		}
		wakeups(s, r)
		if (s[4] == 0)
			continue
		n = s[5]
		clocks = (s[6] + r[4]) * hz / 1e9 / n
		add(s[3], "clocks", "cipher", clocks, s[8] / 100)
		k = split(s[3], part, "/")
		add(s[3] "/gbit", "Gbit/s", "cipher",
		    bits(part[k], r[6] / n), bits(part[k], s[8] / 100))
	}
}

function wakeups(s, r,	worse) {
	worse = s[7] > r[5] + 0 ? s[7] : r[5]
	add("wakeups/1000", "wakeups", "limit", worse * 1000 / s[5], 5)
	nsent += s[5]
	wsent += s[7]
	wreceived += r[5]
}

function sort(v, n,	i, j, x) {
	for (i = 1; i < n; i++) {
		x = v[i]
		for (j = i; j > 0 && v[j - 1] > x; j--)
			v[j] = v[j - 1]
		v[j] = x
	}
}

function median(v, n) {
	sort(v, n)
	return (n % 2 ? v[int(n / 2)] : (v[n / 2 - 1] + v[n / 2]) / 2)
}

function number(x) {
	return (sprintf(x < 100 ? "%.3f" : "%.0f", x))
}

function row(key,	i, n, o, t, q, f, w) {
	split(key, w, " ")
	n = runs[key]
	for (i = 0; i < n; i++) {
		o[i] = ours[key, i]
		t[i] = theirs[key, i]
		q[i] = o[i] / t[i]
	}
	ratio[key] = median(q, n)
	f[1] = number(median(o, n))
	f[2] = number(median(t, n))
	if (w[1] == "wakeups/1000") {
		# a rate over all slots: most have none
		f[1] = number((wsent > wreceived ? wsent : wreceived) * \
		    1000 / nsent)
		ratio[key] = f[1] / f[2]
	}
	printf("%s\t%s\t%s\t%s\t%s\t%.3f\t%.3f\t%.3f\t%d\n", w[1], f[1],
	    unit[key], w[2], f[2], ratio[key], q[0], q[n - 1], n)
	if (json != "")
		printf("{\"name\":\"%s\",\"ours\":%s,\"unit\":\"%s\"," \
		    "\"peer\":\"%s\",\"peers\":%s,\"ratio\":%.3f," \
		    "\"low\":%.3f,\"high\":%.3f,\"runs\":%d}\n", w[1], f[1],
		    unit[key], w[2], f[2], ratio[key], q[0],
		    q[n - 1], n) >json
}

# What a figure has to hold.
function hold(key, most,	w) {
	split(key, w, " ")
	if (limits != "no" && ratio[key] > most)
		fail(w[1] ": ratio " sprintf("%.3f", ratio[key]) " to " \
		    w[2] ", at most " most " is allowed")
}

# AES-GCM against libipsec-mb only where this processor has what that uses.
function judge(key,	w) {
	split(key, w, " ")
	if (w[1] ~ /^scale\//)
		hold(key, 1.5)
	if (w[1] ~ /^wakeups\//)
		hold(key, 0.999)
	if (key ~ /^cipher\/(aes-...-gcm|chacha20-poly1305)\/.* openssl$/)
		hold(key, 0.999)
	if (key ~ /^cipher\/aes-...-gcm\/1400 ipsec-mb$/ &&
	    provider[w[1]] == "gcm-avx512")
		hold(key, 1.25)
	if (key == "output/aes-128-gcm/1400 ipsec-mb" &&
	    provider["cipher/aes-128-gcm/1400"] == "gcm-avx512")
		hold(key, 2)
}

END {
	slots()
	if (hz == 0 || nkeys == 0) {
		fail("nothing was measured")
		exit 1
	}
	n = nkeys
	for (i = 0; i < n; i++)
		if (keys[i] ~ /^(output|input)\//)
			addbits(keys[i])
	print "# name\tours\tunit\tpeer\tpeer's\tratio\tlow\thigh\truns"
	for (i = 0; i < nkeys; i++) {
		if (keys[i] ~ /\/gbit /)
			continue
		row(keys[i])
		bit = keys[i]
		sub(/ /, "/gbit ", bit)
		if (bit in runs)
			row(bit)
		judge(keys[i])
	}
	exit status
}
