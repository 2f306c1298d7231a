# SPDX-License-Identifier: LGPL-3.0-or-later
# The program as its users run it.
CLI_TESTS = \
	tests/cli/caps.sh \
	tests/cli/certificate-random.sh \
	tests/cli/certificate.sh \
	tests/cli/certify.sh \
	tests/cli/checkpoint.sh \
	tests/cli/examples.sh \
	tests/cli/export.sh \
	tests/cli/flow.sh \
	tests/cli/input.sh \
	tests/cli/man-examples.sh \
	tests/cli/man-options.sh \
	tests/cli/match.sh \
	tests/cli/options.sh \
	tests/cli/output.sh \
	tests/cli/plot.sh \
	tests/cli/report.sh \
	tests/cli/runs.sh \
	tests/cli/prove.sh \
	tests/cli/stop.sh \
	tests/cli/store.sh \
	tests/cli/table.sh \
	tests/cli/usage.sh

dist_check_SCRIPTS += $(CLI_TESTS)
TESTS += $(CLI_TESTS)
EXTRA_DIST += tests/cli/lib.sh
