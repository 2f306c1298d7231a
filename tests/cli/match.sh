#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# match.sh: trajectories of every kind, bad ones above all.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
printf '{"ncf": 1, "network": {"type": "feedforward", "widths": [1, 1, 1], "activation":
 {"type": "power", "degree": 2}}, "data": {"x": [[1], [2]], "y": [1, 1]}}' >small.json

# bad NAME PLACE TEXT, with the trajectory on standard input
bad() {
    cat >"$1.txt"
    run match small.json "$1.txt"
    refused "refused: $1" 3 "ncf: $1.txt:$2 $3"
    run match --json --output=new.json small.json "$1.txt"
    refused "refused with --output: $1" 3 "ncf: $1.txt:$2 $3"
    check "$1: no output file appears" test ! -e new.json
}

printf '' | bad empty 1:1: "the file is empty"
printf '1,2\n' | bad short 1:1: "the trajectory is too short"
printf '1,2\n3,nan\n' | bad nan 2:3: "not a number"
printf '1,2,3,4\n1,2,3,4\n' | bad width 1:1: "there are 4 columns: the network has 2 weights"
printf '0,1,2\n1,1,2\n1,1,2\n' | bad times 3:1: "the time is not greater than the one before"
printf '0,0\n1,2\n' | bad zero 1:1: "the first row is zero"
printf '\223NUMPY\001\000\106\000' | bad npy-short "" "the file is truncated in its header"

run match small.json nowhere.csv
refused "a trajectory that does not exist" 5 "nowhere.csv: "
run match small.json
refused "no trajectory" 2 "ncf match takes a problem file and a trajectory"
printf '1,2\n3,4\n' >rows.csv
run match --kind=banana small.json rows.csv
refused "a kind that there is not" 2 "--kind takes training, ncf, sphere or descent"
run match "$examples/inhomogeneous.json" rows.csv
check "a network of another kind is refused" status_is 3

run match small.json rows.csv
check "weights that are not small: unmatched, with the reason" \
    eval 'status_is 1 && has out "UNMATCHED   the start is not small"'
run match --json small.json rows.csv
check "the document says the same" \
    eval 'status_is 1 && is_json out && has out "\"verdict\": \"unmatched\"" && has out "not small"'
run match --json --kind=descent small.json rows.csv
check "gradient descent is training" \
    eval 'status_is 1 && has out "\"kind\": \"descent\"" && has out "the start is not small"'
run match --json --quiet small.json - <rows.csv
check "a trajectory from standard input" eval 'is_json out || [ -s err ]'
finish
