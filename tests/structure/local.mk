# SPDX-License-Identifier: LGPL-3.0-or-later
# Tests of the source tree itself; a tool that is not installed is a skip.
STRUCTURE_TESTS = \
	tests/structure/claims.sh \
	tests/structure/dist.sh \
	tests/structure/exports.sh \
	tests/structure/guards.sh \
	tests/structure/layering.sh \
	tests/structure/manpages.sh \
	tests/structure/size.sh \
	tests/structure/sources.sh \
	tests/structure/summary-counts.sh \
	tests/structure/theorem-ids.sh \
	tests/structure/tolerances.sh \
	tests/structure/version.sh

dist_check_SCRIPTS += $(STRUCTURE_TESTS)
TESTS += $(STRUCTURE_TESTS)
EXTRA_DIST += \
	tests/memcheck.sh \
	tests/summary.sh \
	tests/structure/long-functions.txt
