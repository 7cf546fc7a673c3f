# What every directory starts with.  The subset of make that GNU make,
# bmake and OpenBSD make share has no conditionals: a choice is the name of
# a file or of a variable.
UNAME!=	uname -s
CONF?=	GENERIC
STAGE?=	out

PREFIX?=	/usr/local
BINDIR=		${DESTDIR}${PREFIX}/bin
# Not PREFIX/sbin: the tools must never shadow the host's own.
SBINDIR=	${DESTDIR}${PREFIX}/lib/um/sbin
MANDIR=		${DESTDIR}${PREFIX}/share/man
# The tools' own pages, for the same reason.
TOOLMANDIR=	${DESTDIR}${PREFIX}/lib/um/man
EXAMPLESDIR=	${DESTDIR}${PREFIX}/share/examples/um

KERNDIR=	${TOP}/sys/arch/um/compile/${CONF}

# The configuration says once how kernel and userland are compiled.
COPTS!=	cd ${TOP}/sys/arch/um/conf && cat GENERIC ${CONF} 2>/dev/null | \
	sed -n 's/^makeoptions[[:space:]]*COPTS="\(.*\)".*/\1/p' | tail -n 1

WARN=	-Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare
include ${TOP}/share/mk/${UNAME}.mk

# CFLAGS comes first: bmake presets it with -O.
COMPILE=	${CC} ${CFLAGS} -std=gnu11 -g ${WARN} ${COPTS} \
		${HOSTCPPFLAGS} ${CPPFLAGS} -MMD -MP
LINK=		${CC} ${COPTS} ${LDFLAGS}
