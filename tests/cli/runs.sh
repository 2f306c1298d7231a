#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# runs.sh: ncf flow --runs: shares of orbits, the table of runs, lists of orbits, limits.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
quickstart=$examples/quickstart.json

# What is refused writes nothing.
run flow --runs=0 "$quickstart"
refused "no runs" 2 "--runs takes a whole number from 1"
run flow --runs=5 --kind=descent "$quickstart"
refused "runs of gradient descent" 2 "only of flows"
run flow --runs=5 --until=cap "$quickstart"
refused "an option of single runs" 2 "--until is of a single run"
run flow --runs-csv=new.csv "$quickstart"
refused "a table without runs" 2 "--runs-csv needs --runs"
run flow --runs=5 --delta=0 "$quickstart"
refused "delta = 0" 2 "delta must be between"
run flow --runs=5 --runs-csv=new.csv "$examples/inhomogeneous.json"
refused "a network that is not homogeneous" 3 "only for a homogeneous network"
printf '1,2\n' >short.csv
run flow --runs=5 --orbits=short.csv "$quickstart"
refused "a list for another network" 3 "ncf: short.csv:1"
check "no file was written" test ! -e new.csv

# Small weights: all matched, whatever the threads.
run flow --json --quiet --runs=20 --delta=1e-6 --threads=1 --runs-csv=one.csv "$quickstart"
check "small weights are matched" eval 'status_is 0 && silent err && is_json out && has out "\"matched\": 20"'
check "to the two orbits that attract" eval '[ "$(grep -c "\"share\": {" out)" -eq 2 ]'
sed '/"threads"/d; /"seconds"/d' out >one.json
run flow --json --quiet --runs=20 --delta=1e-6 --threads=3 --runs-csv=three.csv "$quickstart"
sed '/"threads"/d; /"seconds"/d' out >three.json
check "the same with three threads" eval 'cmp -s one.json three.json && cmp -s one.csv three.csv'
check "a row for each run" eval '[ "$(wc -l <one.csv)" -eq 21 ] && [ "$(grep -c "^[0-9]*,matched," one.csv)" -eq 20 ]'

# A single run of the same start is judged alike.
for k in 0 7; do
    run flow --json --quiet --trajectory=none --delta=1e-6 --run=$k "$quickstart"
    check "run $k alone is matched as well" eval 'status_is 0 && has out "\"verdict\": \"matched\""'
done

# Numbers by a list.
"$program" solve --json --quiet "$quickstart" >solved.json
run flow --quiet --json --runs=20 --delta=1e-6 --orbits=solved.json "$quickstart"
check "the orbits are those of solve" \
    eval 'status_is 0 && [ "$(sed -n "s/^   \"listed_as\": //p" out | tr -d , | tr "\n" " ")" = "1 4 " ]'
run match --json --orbits=solved.json "$examples/match.json" "$examples/match.csv"
check "match: an orbit of the list" eval 'status_is 0 && grep -q "\"listed_as\": [14]" out'
printf '[[0.7118, 0.2538, 0, 0, 0, 0, 1, 0, 0]]' >other.json
run flow --quiet --runs=8 --delta=1e-6 --orbits=other.json "$quickstart"
check "a list that does not certify decides nothing" eval 'status_is 0 && grep -q " ?$" out'

# The hypothesis fails: large weights.
run flow --runs=10 --delta=3 --quiet --runs-csv=large.csv "$quickstart"
check "large weights are not small, and it is said" \
    eval 'status_is 1 && has out "10 runs: the start is not small" && has out "MATCHED     0 of 10"'
check "and in the table" eval '[ "$(grep -c "^[0-9]*,unmatched,.*the start is not small" large.csv)" -eq 10 ]'
sed 1d out >table
check "at most 80 columns" eval '! grep -q ".\{81\}" table'

# A limit leaves valid files about the runs that are finished.
run flow --json --quiet --runs=1000000 --time-limit=2 --runs-csv=part.csv --kind=sphere "$quickstart"
check "a time limit: status 4, valid, labelled" \
    eval 'status_is 4 && is_json out && has out "\"limit\": \"time\"" && [ "$(wc -l <part.csv)" -eq 1000001 ]'
finish
