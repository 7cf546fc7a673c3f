# A static library of host code, lib${LIB}.a: LIB, SRCS, CPPFLAGS.  It sees
# the host's headers, none of the tree's.
include ${TOP}/share/mk/own.mk
HOSTCPPFLAGS?=	-I.
include ${TOP}/share/mk/lib.${STAGE}.mk
