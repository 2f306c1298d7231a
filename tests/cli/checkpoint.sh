#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# checkpoint.sh: branch and prune that is stopped goes on from its file and ends with the
# result of a run in one piece; a file for something else is refused.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

cat >deep.json <<'END'
{"ncf": 1, "network": {"type": "feedforward", "widths": [2, 2, 2, 1],
 "activation": {"type": "power", "degree": 2}},
 "data": {"x": [["1", "2"], ["3", "-1"], ["-1", "1"], ["2", "2"]],
 "y": ["1", "-1", "2", "1"]}}
END
same_points() {
    sed -n '/^Orbits/,/^ *weights/p' "$1" >"$1.orbits"
    sed -n '/^Orbits/,/^ *weights/p' "$2" >"$2.orbits"
    [ -s "$1.orbits" ] && cmp -s "$1.orbits" "$2.orbits"
}

run solve --threads=1 --lambda-min=1 --checkpoint=state --time-limit=0.4 deep.json
check "a run that is stopped" status_is 4
check "leaves its state" [ -s state ]
cp state begun
run solve --lambda-min=1 --checkpoint=state deep.json
check "goes on to the end" status_is 0
cp out resumed
run solve --lambda-min=1 deep.json
check "in one piece" status_is 0
cp out whole
check "the same orbits" same_points resumed whole
run solve --lambda-min=1 --checkpoint=state --time-limit=100 deep.json
check "a search that ended is not run again" status_is 0

run solve --lambda-min=2 --checkpoint=begun deep.json
check "another bound is refused" status_is 2
check "with one line" one_line
sed 's/"3", "-1"/"3", "-2"/' deep.json >other.json
run solve --lambda-min=1 --checkpoint=begun other.json
check "another problem is refused" status_is 2
sed '$d' begun >torn
run solve --lambda-min=1 --checkpoint=torn deep.json
check "a file that was cut is refused" status_is 3
run solve --checkpoint=state deep.json
check "a checkpoint needs lambda-min" status_is 2
finish
