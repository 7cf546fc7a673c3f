# The outer half of prog.mk, lib.mk and regress.mk: objects lie in ${CONF}/
# and are made from there, so configurations never mix.  Make runs in it
# with the directory's Makefile again, STAGE=in; TOP is then one level
# longer and sources are found through VPATH.  A change of compiler or
# flags remakes all objects: they depend on the file flags.  With -I. host
# code finds <machine/host.h> and nothing else of the tree.
#
# SRCDIRS: more directories with sources, each as :../directory.
INNER=	-f ../Makefile STAGE=in TOP=../${TOP} VPATH=..${SRCDIRS}

build:
	@mkdir -p ${CONF}
	@ln -sfn ../${TOP}/sys/arch/um/include ${CONF}/machine
	@echo '${COMPILE}' | cmp -s - ${CONF}/flags || \
	    echo '${COMPILE}' >${CONF}/flags
	@cd ${CONF} && ${MAKE} ${INNER} all
clean:
	rm -rf ${CONF}

.PHONY: build clean
