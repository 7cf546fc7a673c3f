# MAN: manual pages, name.section, in this directory or below it.
install-man:
	@for m in ${MAN}; do \
		d=${MANDIR}/man$${m##*.}; \
		install -d $$d && install -m 644 $$m $$d || exit 1; \
	done

.PHONY: install-man
