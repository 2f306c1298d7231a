# SPDX-License-Identifier: LGPL-3.0-or-later
EXTRA_DIST += doc/architecture.md
dist_man_MANS += doc/ncf.1 doc/ncf-certificate.5 doc/ncf-check.1 doc/ncf-problem.5
