# SPDX-License-Identifier: LGPL-3.0-or-later
# Tests of the source tree itself; a tool that is not installed is a skip.
EXTRA_DIST += tests/summary.sh
