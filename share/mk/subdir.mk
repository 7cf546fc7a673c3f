# SUBDIR: where to go on.
T=	all
CONF?=	GENERIC
# GNU make alone reads this, and would speak of every directory else.
QUIET=	GNUMAKEFLAGS=--no-print-directory
all:
	@${QUIET} ${MAKE} T=all none ${SUBDIR}
clean:
	@${QUIET} ${MAKE} T=clean none ${SUBDIR}
# bmake's own rules take a DESTDIR for that of the headers, too.
install:
	@env -u MAKEFLAGS -u DESTDIR ${QUIET} ${MAKE} \
	    CONF=${CONF} CC='${CC}' all
	@${QUIET} ${MAKE} T=install none ${SUBDIR}
${SUBDIR}: FRC
	@cd $@ && ${MAKE} ${T}
# With an empty SUBDIR make would start over.
none:
	@:
FRC:

.PHONY: all clean install none FRC ${SUBDIR}
