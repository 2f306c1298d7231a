# SPDX-License-Identifier: LGPL-3.0-or-later
# Benchmarks are built by `make bench` and never run by `make check`.
bench_programs =

bench: $(bench_programs)
.PHONY: bench
