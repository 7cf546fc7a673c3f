# Programs talk to a um kernel: its headers, its stubs.  glibc's fortified
# inlines would go round the stubs.
UMCPPFLAGS=	-U_FORTIFY_SOURCE -I${TOP}/sys/arch/um/user/include
LIBUM=		${TOP}/sys/arch/um/user/${CONF}/libum.a
YACC=		bison -y -Wno-yacc
