include ${TOP}/share/mk/stage.mk
include ${TOP}/share/mk/man.mk

all: build
install: install-man
	install -d ${SBINDIR}
	install -m 755 ${CONF}/${PROG} ${SBINDIR}

.PHONY: all install
