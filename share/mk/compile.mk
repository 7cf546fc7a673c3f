# The inner half: OBJS from ../*.c and ../*.y.
.SUFFIXES:
.SUFFIXES: .o .c .y
.c.o:
	${COMPILE} -I.. -c -o $@ $<
.y.o:
	${YACC} -o $*.tab.c $<
	${COMPILE} -I.. -c -o $@ $*.tab.c
${OBJS}: flags

# One that is never there: bmake must not find the list empty.
DEPS=	none.o ${OBJS}
-include ${DEPS:.o=.d}
