# SPDX-License-Identifier: LGPL-3.0-or-later
# One page a theorem; the folder is distributed whole.
EXTRA_DIST += proofs/theorems
