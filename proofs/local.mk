# SPDX-License-Identifier: LGPL-3.0-or-later
# The folder of the theorems is distributed whole, one page a theorem.
EXTRA_DIST += proofs/README.md proofs/theorems

include proofs/checker/local.mk
