OBJS=	${PROGS:=.o}

all: ${PROGS}
	@:
${PROGS}: ${OBJS} ${PROGLIBS}
	${LINK} -o $@ $@.o ${PROGLIBS} ${LDADD}

.PHONY: all
include ${TOP}/share/mk/compile.mk
