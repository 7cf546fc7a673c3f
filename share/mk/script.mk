# One script for the tools' directory: SCRIPT (name.sh), PROG (name), MAN.
include ${TOP}/share/mk/own.mk

all:
	@mkdir -p ${CONF} ${KERNDIR}/sbin
	@install -m 755 ${SCRIPT} ${CONF}/${PROG}
	@ln -sf ../../../../../../sbin/${PROG}/${CONF}/${PROG} \
	    ${KERNDIR}/sbin/${PROG}
install: install-man
	install -d ${SBINDIR}
	install -m 755 ${SCRIPT} ${SBINDIR}/${PROG}
clean:
	rm -rf ${CONF}

include ${TOP}/share/mk/man.mk

.PHONY: all install clean
