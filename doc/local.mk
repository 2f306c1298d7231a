# SPDX-License-Identifier: LGPL-3.0-or-later
EXTRA_DIST += doc/architecture.md doc/pictures/angle.svg doc/pictures/early.svg \
	doc/pictures/profile.svg
dist_man_MANS += doc/ncf.1 doc/ncf-certificate.5 doc/ncf-check.1 doc/ncf-problem.5 doc/ncf-study.5

# The pictures of README.md, drawn again; they name their problems as seen from the sources.
pictures: ncf
	cd '$(srcdir)' && mkdir -p doc/pictures && ncf='$(abs_builddir)/ncf' && \
	"$$ncf" solve --json examples/quickstart.json | \
		"$$ncf" plot --output=doc/pictures/profile.svg - && \
	"$$ncf" plot --kind=angle --problem=examples/match.json \
		--output=doc/pictures/angle.svg examples/match.csv && \
	{ "$$ncf" table --store='$(abs_builddir)/early.store' examples/studies/early.json --json; \
		test $$? -le 1; } | "$$ncf" plot --output=doc/pictures/early.svg -

.PHONY: pictures
