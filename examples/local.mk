# SPDX-License-Identifier: LGPL-3.0-or-later
EXTRA_DIST += \
	examples/README.md \
	examples/certify.csv \
	examples/certify.json \
	examples/circle.json \
	examples/convolution.json \
	examples/csv.json \
	examples/cubic-12.json \
	examples/curve.json \
	examples/deep-linear.json \
	examples/deep-square.json \
	examples/deep-wide.json \
	examples/flow-deep.json \
	examples/flow-wide.json \
	examples/formula.json \
	examples/inhomogeneous.json \
	examples/many-points.json \
	examples/match.csv \
	examples/match.json \
	examples/plane.json \
	examples/points.csv \
	examples/quartic-phc.out \
	examples/quartic.json \
	examples/quickstart.json \
	examples/rank-two.csv \
	examples/rank-two.json \
	examples/separable.json \
	examples/studies/census-large.json \
	examples/studies/census.json \
	examples/studies/identities-large.json \
	examples/studies/identities.json \
	examples/studies/rank-one-large.json \
	examples/studies/rank-one.json \
	examples/undecided.json
