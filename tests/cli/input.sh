#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# input.sh: bad input is refused with exit status 3 and one line that names the place;
# nothing is written, and an output file that exists stays as it is.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# bad NAME LINE:COLUMN TEXT, with the problem on standard input
bad() {
    cat >"$1.json"
    for command in solve info; do
        for format in "" --json; do
            # shellcheck disable=SC2086
            run $command $format "$1.json"
            refused "$command $format: $1" 3 "ncf: $1.json:$2: $3"
        done
    done
    run solve --output=new.json "$1.json"
    refused "$1: refused with --output" 3 "ncf: $1.json:$2: "
    check "$1: no output file appears" test ! -e new.json
}

printf '' | bad empty 1:1 ""
printf '{"ncf": 1,\n "network": ' | bad truncated 2:13 ""
printf '{"ncf": 1,\n "ncf": 1}' | bad duplicate 2:2 ""
sed 's/"1", "2"/0.1, "2"/' "$examples/quickstart.json" | bad real 9:12 ""
sed 's/"power"/"leaky-relu"/' "$examples/quickstart.json" | bad unsupported 6:28 ""
sed '9s/\["3", "-1"\]/["3"]/' "$examples/quickstart.json" | bad ragged 9:23 ""

# Places in data files are those of the data file.
printf 'a,b,y\n1,2,3\n4,5\n' >data.csv
printf '{"ncf": 1, "network": {"type": "feedforward", "widths": [2, 1, 1],
 "activation": {"type": "power", "degree": 2}}, "data": {"csv": "data.csv", "label": "y"}}' >csv.json
run solve csv.json
refused "a short row of a CSV file" 3 "ncf: data.csv:3:"
rm data.csv
run solve csv.json
refused "a CSV file that does not exist" 5 "data.csv"

run solve nowhere.json
refused "a problem that does not exist" 5 "nowhere.json: "
run solve .
refused "a folder for a problem" 5 ".: "

sed 's/\[2, 3, 1\]/[2, 3, 2, 1]/' "$examples/quickstart.json" >deep.json
run info deep.json
check "info describes a deep network" status_is 0

echo precious >kept
for name in empty truncated unsupported; do
    run solve --output=kept "$name.json"
    check "$name: the output file that exists is left alone" grep -qx precious kept
done
check "no temporary file is left" test "$(ls kept*)" = kept

"$program" solve --quiet - <"$examples/quickstart.json" >out 2>err
code=$?
check "a problem from standard input" eval 'status_is 0 && silent err && has out "5^3 - 1"'
echo '{' | "$program" solve - >out 2>err
code=$?
refused "a bad problem from standard input" 3 "1:"
finish
