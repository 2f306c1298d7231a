# SPDX-License-Identifier: LGPL-3.0-or-later
CHECKER_TESTS = \
	tests/checker/samples.sh

dist_check_SCRIPTS += $(CHECKER_TESTS)
TESTS += $(CHECKER_TESTS)
EXTRA_DIST += tests/checker/generate.py
