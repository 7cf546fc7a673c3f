include ${TOP}/share/mk/stage.mk

all: build
install:

.PHONY: all install
