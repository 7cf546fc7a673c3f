include ${TOP}/share/mk/stage.mk
include ${TOP}/share/mk/man.mk

all: build
install: install-man
	install -d ${SBINDIR}
	install -m 755 ${CONF}/${PROG} ${SBINDIR}
	@for name in ${PROGLINKS}; do \
		ln -sf ${PROG} ${SBINDIR}/$$name || exit 1; \
	done

.PHONY: all install
