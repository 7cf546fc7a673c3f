include ${TOP}/share/mk/stage.mk

all: build
	@for m in */Makefile; do \
		[ ! -f $$m ] || (cd $${m%/*} && ${MAKE} all) || exit 1; \
	done
clean: clean-sub
clean-sub:
	@for m in */Makefile; do \
		[ ! -f $$m ] || (cd $${m%/*} && ${MAKE} clean) || exit 1; \
	done
install:
test: all
	@CONF=${CONF} N='${N}' MARK='${MARK}' SEED='${SEED}' \
	    RETRY='${RETRY}' CC='${CC}' MAKE='${MAKE}' \
	    sh ${TOP}/share/mk/runtests.sh .

.PHONY: all clean-sub install test
