HOSTCPPFLAGS=	-I.
PROGLIBS=	${KERNDIR}/kernel.o ${KERNDIR}/libhost.a
LDADD+=		-lpthread
