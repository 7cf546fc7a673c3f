# See README.  CONF=, IKE=, N=, JSON=, SYSDIR=, PREFIX= and DESTDIR= are
# handed on.
TOP=	.
SUBDIR=	sys sbin share

include ${TOP}/share/mk/own.mk
include ${TOP}/share/mk/subdir.mk

sbin: sys

MKDIR=	share/mk
TEST=	CONF=${CONF} MAKE='${MAKE}' CC='${CC}' N='${N}' MARK='${MARK}' \
	SEED='${SEED}' RETRY='${RETRY}' sh ${MKDIR}/runtests.sh
RUNENV=	BSD=${KERNDIR}/bsd HUB=regress/lib/${CONF}/hub \
	PCAPLS=regress/lib/${CONF}/pcapls IKE='${IKE}'

run:
	@sh ${MKDIR}/deps.sh need run
	@${QUIET} ${MAKE} all
	@(cd regress/lib && ${QUIET} ${MAKE} all)
	@${RUNENV} sh share/examples/s2s/run.sh

shell:
	@sh ${MKDIR}/deps.sh need run
	@${QUIET} ${MAKE} all
	@(cd regress/lib && ${QUIET} ${MAKE} all)
	@${RUNENV} sh share/examples/s2s/run.sh -i

# What the tests need beside the two gateways.
tests:
	@sh ${MKDIR}/deps.sh need run
	@sh ${MKDIR}/deps.sh want test
	@${QUIET} ${MAKE} all
	@(cd sys/arch/um && ${QUIET} ${MAKE} regress)
	@(cd regress && ${QUIET} ${MAKE} all)

test:
	@${QUIET} ${MAKE} tests
	@FULL=0 ${TEST}

test-full:
	@${QUIET} ${MAKE} tests
	@FULL=1 ${TEST}

# what there shall be, row by row: the tests that prove it, and their results
rows:
	@${QUIET} ${MAKE} test MARK=row

bench:
	@sh ${MKDIR}/deps.sh need run
	@sh ${MKDIR}/deps.sh want test >&2
	@(cd sys/arch/um && ${QUIET} ${MAKE} bench) >&2
	@CONF=${CONF} N='${N}' JSON='${JSON}' sh regress/bench/bench.sh

lint:
	@CONF=${CONF} sh ${MKDIR}/lint.sh

deps:
	@sh ${MKDIR}/deps.sh install run

deps-test:
	@sh ${MKDIR}/deps.sh install run test

dropin:
	@SYSDIR='${SYSDIR}' sh ${MKDIR}/dropin.sh

clean: clean-regress
clean-regress:
	@(cd regress && ${QUIET} ${MAKE} clean)

.PHONY: run shell tests test test-full rows bench lint deps deps-test dropin \
	clean-regress
