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

# Layout of C, yacc and shell sources for lint.sh: one message per fault.

function complain(msg) {
	print FILENAME ":" FNR ": " msg
}

# Columns the line takes, a tab being eight.
function width(s,	n, i, t) {
	n = split(s, t, "\t")
	for (i = 1; i < n; i++)
		col = int((col + length(t[i])) / 8 + 1) * 8
	i = col + length(t[n])
	col = 0
	return (i)
}

# The line without strings, character constants and comments; incomment
# goes on from line to line.
function code(s,	out) {
	out = ""
	for (;;) {
		if (incomment) {
			if (!match(s, /\*\//))
				return (out)
			s = substr(s, RSTART + 2)
			incomment = 0
		}
		if (!match(s, /"([^"\\]|\\.)*"|'([^'\\]|\\.)*'|\/\*|\/\//))
			return (out s)
		out = out substr(s, 1, RSTART - 1)
		if (substr(s, RSTART, 2) == "//")
			return (out)
		incomment = substr(s, RSTART, 2) == "/*"
		if (!incomment)
			out = out "\"\""
		s = substr(s, RSTART + RLENGTH)
	}
}

function endfile() {
	if (file == "")
		return
	# the driver is one file wherever it is built
	if (lines > (file ~ /net\/if_sec\.c$/ ? 1400 : 1000))
		print file ": " lines " lines, not 1000"
	if (!copyright || !permission)
		print file ": no ISC licence at its head"
}

FNR == 1 {
	endfile()
	file = FILENAME
	isc = file ~ /\.[chy]$/
	copyright = permission = incomment = begin = 0
}

{
	lines = FNR
	line = $0
	if (length(line) > 60 && width(line) > 80)
		complain("more than 80 columns")
}

/[ \t]$/ { complain("blank at the end of the line") }
FNR < 30 && /Copyright \(c\)/ { copyright = 1 }
FNR < 30 && /Permission to use, copy, modify, and distribute/ {
	permission = 1
}

isc {
	c = code(line)
	if (c ~ /(^|[^A-Za-z0-9_])return[ \t]*[^ \t(;A-Za-z0-9_]/ ||
	    c ~ /(^|[^A-Za-z0-9_])return[ \t]+[^ \t(;]/ ||
	    c ~ /(^|[^A-Za-z0-9_])return\(/)
		complain("not `return (x);'")
	if (c ~ /^{/)
		begin = FNR
	else if (c ~ /^}/ && begin) {
		if (FNR - begin - 1 > 100)
			complain(FNR - begin - 1 \
			    " lines in a function, not 100")
		begin = 0
	}
}

END { endfile() }
