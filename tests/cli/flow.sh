#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# flow.sh: runs of ncf flow, the files of their trajectories, and how they end early.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
quickstart=$examples/quickstart.json
verdict() { grep -m 1 -o '"verdict": "[a-z]*"' "$1"; }
no_files() { [ -z "$(find . -name '*.npy*' -o -name '*-flow*' -o -name 'new*')" ]; }

# What is refused writes nothing.
run flow --delta=0 "$quickstart"
refused "delta = 0" 2 "delta must be between"
run flow --kind=banana "$quickstart"
refused "a kind that there is not" 2 "--kind takes training, ncf, sphere or descent"
run flow --method=euler "$quickstart"
refused "a method that there is not" 2 "--method takes adams, rk, bdf or krylov"
run flow --until=noon "$quickstart"
refused "a condition that there is not" 2 '"noon" is no condition'
run flow --until=norm=1e-9 "$quickstart"
refused "a run without a step" 2 "the run ends where it starts"
run flow --tolerance=1 "$quickstart"
refused "a tolerance out of range" 2 "--tolerance takes a number from 1e-14 to 0.1"
run flow nowhere.json
refused "a problem that does not exist" 5 "nowhere.json: "
printf '1,2\n' >short.csv
run flow --initial=short.csv --output=new.txt "$quickstart"
refused "initial weights of another width" 3 "ncf: short.csv:1"
run flow --reference --kind=sphere "$quickstart"
refused "a reference on the sphere" 2 "a reference is there for"
check "nothing was written" no_files

# One run, as text and as a document, and its files.
run flow "$quickstart"
check "training is matched" eval 'status_is 0 && has out "MATCHED"'
check "the files are named" has err "the trajectory is in quickstart-flow.npy and quickstart-flow.csv"
check "the table: entry, integrators, energy" eval 'has out "entry: into the certified cap" &&
    has out "Runge-Kutta at" && has out "falls all the time"'
sed 1d out >table
check "at most 80 columns" eval '! grep -q ".\{81\}" table'
run flow --json --quiet --trajectory=run "$quickstart"
check "a document, nothing on standard error" eval 'status_is 0 && silent err && is_json out'
check "its shape" eval 'has out "\"method\": \"flow\"" && has out "\"entry_tau\"" &&
    has out "\"second\": {" && has out "\"condition\": \"escape\""'
check "the same trajectory" cmp -s run.csv quickstart-flow.csv
check "the header of the columns" eval 'head -n 1 run.csv |
    grep -qx "time,w1,w2,w3,w4,w5,w6,w7,w8,w9,loss,norm,ncf"'
mv out flow.out
for file in run.csv run.npy; do
    run match --json "$quickstart" $file
    check "ncf match says the same of $file" eval 'status_is 0 && [ "$(verdict out)" = "$(verdict flow.out)" ] &&
        [ "$(grep -m 1 early_rows out)" = "$(grep -m 1 early_rows flow.out)" ] &&
        [ "$(grep -m 1 growth_rate out)" = "$(grep -m 1 growth_rate flow.out)" ]'
done
run flow --rescaled --quiet --trajectory=scaled "$quickstart"
run match --delta=0.001 "$quickstart" scaled.csv
check "rescaled rows are read with --delta" eval 'status_is 0 && has out MATCHED'
sed -n 2p run.csv | cut -d, -f2-10 >start.csv
run flow --json --quiet --initial=start.csv --trajectory=again "$quickstart"
check "the same start from a file" eval 'status_is 0 && [ "$(verdict out)" = "$(verdict flow.out)" ]'


# The multiprecision engine beside the double one.
run flow --json --quiet --reference --trajectory=none "$quickstart"
sed -n '/"reference": {/,/}/p' out >reference
check "--reference: rows are compared" eval 'status_is 0 && grep -q "\"rows\": [1-9]" reference &&
    has reference "\"failure\": null"'
check "--reference: the engines agree" grep -qE '"largest_difference": (0\.0,|[0-9.]+e-(0[7-9]|[1-9][0-9]))' reference
run flow --quiet --reference --kind=ncf --trajectory=none "$quickstart"
check "--reference: the table says so" has out "Reference   "

rm -f ./*-flow.* run.* scaled.* again.*
run flow --trajectory=none "$quickstart"
check "--trajectory=none writes nothing" eval 'status_is 0 && silent err && no_files'
run flow --delta=1 --until=time=1 --trajectory=none "$quickstart"
check "a start that is not small is detected" eval 'status_is 1 && has out "the start is not small"'
run flow --trajectory=missing/new "$quickstart"
refused "a folder that does not exist" 5 "missing/new.npy: No such file"
if [ -c /dev/full ]; then
    ln -s /dev/full full.csv
    run flow --trajectory=full "$quickstart"
    refused "a full disk" 5 "full.csv could not be written: No space left on device"
    rm -f full.*
fi
{ "$program" flow --json --trajectory=none "$quickstart" 2>err
  echo $? >status; } | head -n 1 >out
code=$(cat status)
check "a reader that leaves" eval 'silent err && { status_is 0 || status_is 5; }'

# Without an end: stopped, the files hold the rows until then.
endless="--kind=descent --step=1e-9 --max-steps=1000000000 --until=time=1e9 --trajectory=endless"
valid_files() {
    run match --json "$quickstart" endless.csv
    [ "$code" -le 1 ] && run match --json "$quickstart" endless.npy && [ "$code" -le 1 ]
}
# shellcheck disable=SC2086
"$program" flow --json $endless "$quickstart" >out 2>err &
pid=$!
wait_for_work $pid
kill -INT $pid
wait $pid
code=$?
check "interrupted: a document" eval 'status_is 4 && is_json out && has out "\"limit\": \"interrupted\""'
check "interrupted: valid files" valid_files
rm -f endless.*
# shellcheck disable=SC2086
run flow --json --time-limit=0.5 $endless "$quickstart"
check "--time-limit: a document" eval 'status_is 4 && is_json out && has out "\"limit\": \"time\""'
check "--time-limit: valid files" valid_files
check "no temporary file is left" eval '[ "$(ls endless.*)" = "endless.csv
endless.npy" ]'
finish
