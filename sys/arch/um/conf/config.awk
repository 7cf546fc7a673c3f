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

# The parser of config.sh, which documents the language.
# In: S (the way to sys), confs (below sys), out (a directory).

function fail(msg) {
	printf("config: %s%s\n", where, msg) >"/dev/stderr"
	failed = 1
	exit 1
}

# Read a file below sys; kind is "conf" or "files".
function readfile(path, kind,	line, r, n) {
	if (path in seen)
		return
	seen[path] = 1
	while ((r = (getline line <(S "/" path))) > 0) {
		where = path ":" ++n ": "
		sub(/(^|[ \t])#.*/, "", line)
		if (line ~ /[^ \t]/)
			statement(line, kind)
	}
	if (r < 0)
		fail("cannot read sys/" path)
	close(S "/" path)
	where = ""
}

function statement(line, kind,	w, n, i) {
	n = split(line, w, /[ \t]+/)
	if (w[1] == "") {	# leading blanks
		for (i = 1; i < n; i++)
			w[i] = w[i + 1]
		n--
	}
	if (n > 1 && w[n] == "")
		n--
	if (w[1] == "include" && n == 2) {
		gsub(/"/, "", w[2])
		readfile(w[2], kind)
	} else if (kind == "conf")
		conf_statement(line, w, n)
	else
		files_statement(line, w, n)
}

function conf_statement(line, w, n,	v) {
	if (w[1] == "makeoptions" && match(line, /[A-Z_]+="[^"]*"/)) {
		v = substr(line, RSTART, RLENGTH)
		match(v, /=/)
		setmake(substr(v, 1, RSTART - 1), substr(v, RSTART + 2,
		    length(v) - RSTART - 2))
	} else if (w[1] == "option" && n == 2) {
		match(w[2] "=", /=/)
		v = substr(w[2], 1, RSTART - 1)
		if (!(v in defoption))
			fail("unknown option " v \
			    " (conf/files says defoption for each)")
		if (!(v in option))
			options[++noptions] = v
		option[v] = "-D" w[2]
	} else if (w[1] == "rmoption" && n == 2) {
		if (!(w[2] in option))
			fail("option " w[2] " was not set")
		delete option[w[2]]
	} else if (w[1] == "pseudo-device" && (n == 2 || n == 3)) {
		if (!(w[2] in pseudo))
			fail("unknown pseudo-device " w[2])
		if (n == 3 && w[3] !~ /^[0-9]+$/)
			fail("count of " w[2] " is not a number: " w[3])
		count[w[2]] = n == 3 ? w[3] : 1
	} else if (w[1] == "no" && w[2] == "pseudo-device" && n == 3) {
		if (!count[w[3]])
			fail("pseudo-device " w[3] " was not set")
		count[w[3]] = 0
	} else
		fail("cannot parse: " line)
}

function setmake(name, value) {
	if (!(name in makeopt))
		makeopts[++nmakeopts] = name
	makeopt[name] = value
}

function files_statement(line, w, n,	name) {
	name = w[2]
	sub(/:$/, "", name)
	if (w[1] == "define" || w[1] == "pseudo-device") {
		attribute[name] = ""
		if (match(line, /:.*/))
			attribute[name] = substr(line, RSTART + 1)
		if (w[1] == "pseudo-device" && !(name in pseudo)) {
			pseudo[name] = 1
			pseudos[++npseudos] = name
		}
	} else if (w[1] == "defoption" && n == 2) {
		defoption[name] = 1
		attribute[tolower(name)] = ""
	} else if ((w[1] == "file" || w[1] == "host") && n >= 2) {
		filekind[++nfiles] = w[1]
		file[nfiles] = name
		filewhere[nfiles] = where
		sub(/^[ \t]*[a-z]+[ \t]+[^ \t]+/, "", line)
		filerest[nfiles] = line
	} else
		fail("cannot parse: " line)
}

# Switch an attribute and all it implies on.
function enable(a,	w, n, i) {
	if (a in on)
		return
	if (!(a in attribute))
		fail("undefined attribute " a)
	on[a] = 1
	n = split(attribute[a], w, /[ \t,]+/)
	for (i = 1; i <= n; i++)
		if (w[i] != "")
			enable(w[i])
}

function holds(cond,	w, n, i, a, not, any) {
	n = split(cond, w, /\|/)
	for (i = 1; i <= n; i++) {
		a = w[i]
		not = sub(/^!/, "", a)
		if (!(a in attribute))
			fail("undefined attribute " a)
		any = any || (not ? !(a in on) : (a in on))
	}
	return (any)
}

function exists(path,	r, line) {
	r = (getline line <path)
	close(path)
	return (r >= 0)
}

function select_file(i,	w, n, j, wanted, flags, o, name) {
	where = filewhere[i]
	wanted = 1
	n = split(filerest[i], w, /[ \t]+/)
	for (j = 1; j <= n; j++) {
		if (w[j] == "" || w[j] == "needs-count")
			continue
		if (w[j] == "notsan")
			flags = flags " -fno-sanitize=thread"
		else if (w[j] == "simd")
			flags = flags " ${SIMDFLAGS}"
		else {
			name = w[j]
			if (!holds(name))
				wanted = 0
		}
	}
	if (filerest[i] ~ /needs-count/ && !(name in pseudo))
		fail(file[i] ": needs-count without a pseudo-device")
	if (!wanted)
		return
	if (name in pseudo)
		used[name] = 1
	if (!exists(S "/" file[i]))
		fail("sys/" file[i] " does not exist")
	o = file[i]
	sub(/.*\//, "", o)
	sub(/\.c$/, "", o)
	if (o in object)
		fail(file[i] " and " object[o] " both make " o ".o")
	object[o] = file[i]
	if (filekind[i] == "host")
		hobjs = hobjs " " o ".o"
	else
		kobjs = kobjs " " o ".o"
	rules = rules rule(o, "$S/" file[i], \
	    (filekind[i] == "host" ? "${HFLAGS}" : "${KFLAGS}") flags)
}

function rule(o, src, flags) {
	return (o ".o: " src " flags\n\t${CC} " flags " -c -o " o ".o " src \
	    "\n-include " o ".d\n")
}

function write_ioconf(	i, f, list) {
	f = out "/ioconf.c"
	print "#include <sys/param.h>\n#include <sys/device.h>\n" >f
	for (i = 1; i <= npseudos; i++) {
		if (!count[pseudos[i]])
			continue
		print "void\t" pseudos[i] "attach(int);" >f
		list = list "\t{ " pseudos[i] "attach, " count[pseudos[i]] \
		    " },\n"
	}
	print "\nconst struct pdevinit pdevinit[] = {" >f
	print list "\t{ NULL, 0 }\n};" >f
	close(f)
}

function write_count(name,	f) {
	f = out "/" name ".h"
	print "#define N" toupper(name) "\t" (count[name] + 0) >f
	close(f)
}

function write_makefile(	i, f, ident) {
	f = out "/Makefile.head"
	for (i = 1; i <= noptions; i++)
		if (options[i] in option)
			ident = ident " " option[options[i]]
	print "IDENT=" ident >f
	for (i = 1; i <= nmakeopts; i++)
		print makeopts[i] "=\t" makeopt[makeopts[i]] >f
	close(f)
	f = out "/Makefile.objs"
	print "KOBJS=" kobjs " ioconf.o\nHOBJS=" hobjs >f
	close(f)
	f = out "/Makefile.rules"
	printf "%s", rules rule("ioconf", "ioconf.c", "${KFLAGS}") >f
	close(f)
}

BEGIN {
	readfile("conf/files", "files")
	readfile("arch/um/conf/files.um", "files")
	n = split(confs, c, " ")
	for (i = 1; i <= n; i++)
		readfile(c[i], "conf")
	for (o in option)
		enable(tolower(o))
	for (i = 1; i <= npseudos; i++)
		if (count[pseudos[i]])
			enable(pseudos[i])
	for (i = 1; i <= nfiles; i++)
		select_file(i)
	where = ""
	for (i = 1; i <= npseudos; i++) {
		if (count[pseudos[i]] && !(pseudos[i] in used))
			fail("pseudo-device " pseudos[i] \
			    ": no file implements it")
		write_count(pseudos[i])
	}
	write_ioconf()
	write_makefile()
}
