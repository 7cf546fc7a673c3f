# Tests of one directory, found and run by runtests.sh:
#
#	REGRESS_TESTS	name.sh (sh), name.py (python3) or a program of PROGS.
#			name:arg runs it with that argument; name/mp,long adds
#			marks, which a script may also give in a line
#			"# marks: mp root long".
#	REGRESS_LISTS	programs that print such entries when called with -l,
#			as "arg [mark ...]", one on a line
#	PROGS		programs to build, each from PROG.c, as KIND says:
#			user (a tool: overlay headers, libum), host (nothing of
#			ours) or kernel (the whole kernel but main() linked in)
#
# Directories below that have a Makefile are built, too.
#
# A test that leaves anything to chance takes its seed from SEED, a number
# above 0 that runtests.sh sets, chooses one if there is none, and prints it
# when it fails.  A run that the clock ends proves another thing each time:
# count instead, but for FULL=1.
#
# A test exits with 0, with 77 and its reason as the last line when it has
# to be skipped, and with anything else when it fails.
KIND?=	host
include ${TOP}/share/mk/own.mk
include ${TOP}/share/mk/regress.${KIND}.mk
include ${TOP}/share/mk/regress.${STAGE}.mk
