#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# seed-read.sh CORPUS [RESULT.json...]: makes the folder CORPUS for fuzz-read from the examples
# and the test files: a digit that names the reader, then the file.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
corpus=$1
shift
mkdir -p "$corpus"

# seed DIGIT FILE...: files above 20,000 bytes only slow the fuzzer down.
seed() {
    digit=$1
    shift
    for file in "$@"; do
        [ "$(wc -c <"$file")" -le 20000 ] || continue
        { printf '%s' "$digit" && cat "$file"; } >"$corpus/$digit-$(basename "$file")"
    done
}

seed 0 "$top"/examples/points.csv "$top"/examples/certify.csv "$top"/tests/good/points.csv
seed 1 "$top"/examples/match.csv
seed 2 "$top"/examples/quartic-phc.out "$top"/examples/points.csv
seed 3 "$top"/examples/studies/*.json
seed 9 "$top"/examples/*.json "$top"/tests/good/*.json "$top"/tests/invalid/*.json
[ $# -eq 0 ] || seed 4 "$@"
