# Simulations of daemons: each of DAEMON with its ENGINE, and what is BELOW
# it, objects of the daemon, in the world that is made of OWN and of what is
# here.  What does not depend on the version of IKE is here.
KIND=	user
LIBIKE=	${TOP}/sbin/libike/${CONF}/libike.a
SRCDIRS= :../../../../lib/sim
CPPFLAGS= -I${TOP}/sbin/${DAEMON} -I${TOP}/sbin/libike \
	-I${TOP}/regress/lib/sim
WORLD=	attack.o collide.o daemon.o end.o history.o nat.o pairs.o run.o \
	sadb.o tape.o trial.o wheel.o world.o
PROGOBJS= ${OWN} ${WORLD} ${ENGINE} ${BELOW} ${LIBIKE}
LDADD=	-lcrypto
PROGS=	sim

include ${TOP}/share/mk/regress.mk

${OWN} ${WORLD}: flags
-include ${OWN:.o=.d} ${WORLD:.o=.d}
