#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# stop.sh: signals and the time limit end a run about a second later at the latest, with
# exit status 4 and a valid document of what was proved, or with one line and no file.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
command -v timeout >/dev/null || {
    echo "timeout is not installed"
    exit 77
}
# A busy machine may be slow to run us: what is bounded here must be far below the
# time of a whole run.
allowed=8

problem() {
    printf '{"ncf": 1, "network": {"type": "feedforward", "widths": [%s, 2, 1],
 "activation": {"type": "power", "degree": %s}}, "data": {"random": {"points": %s,
 "inputs": %s, "distribution": "normal", "seed": 5, "bits": 40}}}\n' "$1" "$2" "$3" "$1"
}
problem 17 3 250 >homotopy.json # 131071 classes, read in a tenth of a second
problem 400 2 500 >matrix.json   # one long step of exact arithmetic
problem 3 2 600000 >reading.json

# interrupted SIGNAL ARGUMENT...: sends it after a second, later on a busy machine: when
# the program had half a second for itself.
interrupted() {
    signal=$1
    shift
    start=$(date +%s)
    "$program" "$@" >out 2>err &
    pid=$!
    sleep 1
    wait_for_work $pid
    start=$(date +%s)
    kill -s "$signal" $pid 2>/dev/null
    wait $pid
    code=$?
    spent=$(($(date +%s) - start))
}
in_time() { [ "$spent" -le $allowed ]; }
partial() { status_is 4 && in_time && is_json "$1" && has "$1" "\"limit\": \"$2\"" && silent err; }

signals="INT TERM HUP"
# Under nohup(1) the program ignores a hangup, as it should.
case $(sed -n 's/^SigIgn:.*\(.\)$/\1/p' /proc/self/status 2>/dev/null) in
[13579bdf]) signals="INT TERM" ;;
esac
for signal in $signals; do
    interrupted "$signal" solve --json homotopy.json
    check "SIG$signal leaves a valid document" partial out interrupted
    check "SIG$signal: it claims nothing" has out '"proved": false'
done
interrupted INT solve homotopy.json
check "the table says that it is partial" eval 'status_is 4 && has out "PARTIAL RESULT" && has out UNDECIDED'
interrupted INT solve --json --output=result.json homotopy.json
check "--output holds the partial document" partial result.json interrupted

start=$(date +%s)
run solve --json --time-limit=0.5 homotopy.json
spent=$(($(date +%s) - start))
check "--time-limit leaves a valid document" partial out time

# Candidates that lead Newton's method astray for a minute, one after the other.
printf '{"ncf": 1, "network": {"type": "feedforward", "widths": [20, 20, 20, 1],
 "activation": {"type": "power", "degree": 2}}, "data": {"random": {"points": 100,
 "inputs": 20, "distribution": "sphere", "seed": 1, "bits": 30}}}\n' >wide.json
awk 'BEGIN { srand(1); for (i = 0; i < 20; i++) for (j = 1; j <= 820; j++)
    printf "%.6f%s", rand() - 0.5, j < 820 ? "," : "\n" }' >wide.csv
for signal in $signals; do
    interrupted "$signal" certify --json wide.json wide.csv
    check "SIG$signal while certify works leaves a valid document" partial out interrupted
    check "SIG$signal while certify works: unfinished" has out '"verdict": "unfinished"'
done
start=$(date +%s)
run certify --json --time-limit=1 wide.json wide.csv
spent=$(($(date +%s) - start))
check "certify --time-limit leaves a valid document" partial out time

# Nothing answers in the middle of a step.
echo precious >kept
for signal in INT TERM; do
    interrupted $signal solve --json --output=kept matrix.json
    refused "SIG$signal in a long step" 4 "nothing was written"
    check "SIG$signal in a long step: in time" in_time
done
start=$(date +%s)
run solve --time-limit=0.5 --output=kept matrix.json
spent=$(($(date +%s) - start))
refused "--time-limit in a long step" 4 "nothing was written"
check "--time-limit in a long step: in time" in_time

# While the problem is read there is nothing to write.
for command in solve info; do
    interrupted INT $command --output=kept reading.json
    refused "SIGINT while $command reads" 4 "interrupted; nothing was written"
    check "SIGINT while $command reads: in time" in_time
done
# The pipe stays open: the program waits for its input.
sleep 3 | timeout --preserve-status -s INT 1 "$program" solve - >out 2>err
code=$?
refused "SIGINT while standard input is awaited" 4 "interrupted; nothing was written"

check "the file that existed is left alone" grep -qx precious kept
check "no temporary file is left" test "$(ls kept*)" = kept
finish
