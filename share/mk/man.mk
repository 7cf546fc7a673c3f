# MAN: manual pages of a tool, name.section, in this directory.
install-man:
	@for m in ${MAN}; do \
		d=${TOOLMANDIR}/man$${m##*.}; \
		install -d $$d && install -m 644 $$m $$d || exit 1; \
	done

.PHONY: install-man
