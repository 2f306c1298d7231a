# SPDX-License-Identifier: LGPL-3.0-or-later
EXTRA_DIST += \
	tests/good/convolution.json \
	tests/good/csv.json \
	tests/good/formula.json \
	tests/good/linear-no-hidden.json \
	tests/good/mixed-activations.json \
	tests/good/points.csv \
	tests/good/polynomial-activation.json \
	tests/good/random-integers.json \
	tests/good/random-normal.json \
	tests/good/random-sphere.json \
	tests/good/random-uniform.json \
	tests/good/sum.json \
	tests/good/two-layer.json
