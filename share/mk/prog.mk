# One program for the tools' directory: PROG, SRCS (.c, .y), MAN, LDADD,
# CPPFLAGS, PROGLINKS (other names of it).  Paths start with ${TOP}.
include ${TOP}/share/mk/own.mk
HOSTCPPFLAGS=	${UMCPPFLAGS}
include ${TOP}/share/mk/prog.${STAGE}.mk
