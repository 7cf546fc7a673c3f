OBJS=	${SRCS:.c=.o}

all: lib${LIB}.a
	@:
lib${LIB}.a: ${OBJS}
	rm -f $@
	${AR} cr $@ ${OBJS}

.PHONY: all
include ${TOP}/share/mk/compile.mk
