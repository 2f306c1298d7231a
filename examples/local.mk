# SPDX-License-Identifier: LGPL-3.0-or-later
EXTRA_DIST += \
	examples/quickstart.json
