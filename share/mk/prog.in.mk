CFILES=	${SRCS:.y=.c}
OBJS=	${CFILES:.c=.o}

# bsd looks for the tools in sbin beside itself.
all: ${PROG}
	@mkdir -p ${KERNDIR}/sbin
	@for name in ${PROG} ${PROGLINKS}; do \
		ln -sf ../../../../../../sbin/${PROG}/${CONF}/${PROG} \
		    ${KERNDIR}/sbin/$$name || exit 1; \
	done
${PROG}: ${OBJS} ${LIBS} ${LIBUM}
	${LINK} -o $@ ${OBJS} ${LIBS} ${LIBUM} ${LDADD}

.PHONY: all
include ${TOP}/share/mk/compile.mk
