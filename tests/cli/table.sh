#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# table.sh: studies: that nothing that was finished is lost or done twice, and that what is
# not finished is seen.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# study GRID QUANTITIES [MORE]: a study of drawn data
study() {
    printf '{"ncf-study": 1, "title": "A study", "base": {"ncf": 1, "network": {"type":
"feedforward", "widths": [2, 2, 1], "activation": {"type": "power", "degree": 2}},
"data": {"random": {"points": 5, "inputs": 2, "distribution": "integers", "bound": 4,
"seed": 1}}}, "grid": {%s}, "quantities": [%s]%s}\n' "$1" "$2" "${3:-}"
}
records() { find "$1" -name '*.json' | wc -l; }
holds() { [ "$(records "$1")" -eq "$2" ]; }

study '"degree": [2, 3], "seed": {"from": 1, "to": 5}' \
    '"points", "second_order", "largest_lambda", "index_histogram", "complete"' >s.json

# ---- The whole, and again ----------------------------------------------------------------
run table --threads=2 s.json
cp out whole.txt
check "a study of ten cases" eval 'status_is 0 && silent err && has out "Cases     10: 10 proved"'
check "the table names proof and command" \
    eval 'has out "T-BINARY" && has out "Command   ncf table s.json"'
check "the store is named after the study" holds s.store 10
find s.store -name '*.json' -exec stat -c '%n %i %Y' {} + | sort >stamps
run table --threads=1 s.json
find s.store -name '*.json' -exec stat -c '%n %i %Y' {} + | sort >stamps.again
check "a second run writes nothing" cmp -s stamps stamps.again
check "and gives the same table" cmp -s out whole.txt
check "no temporary file is left" eval '[ "$(find s.store -name "*.new" | wc -l)" -eq 0 ]'

# ---- Formats ---------------------------------------------------------------------------------
run table s.json --output=t.csv --output=t.md --output=t.tex --output=t.json --output=t.txt
check "five outputs at once" eval 'status_is 0 && silent out && cmp -s t.txt whole.txt'
check "JSON is JSON" is_json t.json
check "Markdown has a row a case" eval '[ "$(grep -c "^| " t.md)" -eq 11 ]'
check "LaTeX is a booktabs table" \
    eval 'has t.tex "\\toprule" && has t.tex "\\num{" && [ "$(grep -c "\\\\\\\\$" t.tex)" -eq 11 ]'
run table --format=latex s.json
check "the format by name, to standard output" cmp -s out t.tex
run table --json s.json
check "--json is the JSON format" cmp -s out t.json
if command -v python3 >/dev/null; then
    parses() {
        python3 - "$1" "$2" <<'END'
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
document = json.load(open(sys.argv[2]))
assert len(rows) == len(document["rows"]) == 10
for row, other in zip(rows, document["rows"]):
    assert None not in row and None not in row.values()
    assert row["points"] == other["values"]["points"]["least"]
    bins = other["values"]["index_histogram"]["bins"]
    assert sum(map(int, bins)) == int(row["points"]) and row["points_is"] == "exact"
    assert row["cases_proved"] == "1" and row["complete_yes"] == "1"
END
    }
    check "the csv module reads it, and CSV and JSON agree" parses t.csv t.json
fi
if command -v pdflatex >/dev/null; then
    printf '\\documentclass{article}\\usepackage{booktabs,siunitx}\\begin{document}
\\input{t}\\end{document}\n' >doc.tex
    check "pdflatex sets it" eval 'pdflatex -interaction=batchmode doc.tex >/dev/null 2>&1'
else
    echo "pdflatex is not installed: the LaTeX table is not set"
fi

# ---- Shards -------------------------------------------------------------------------------------
for shard in 1 2 3; do
    run table --shard=$shard/3 --store=part$shard s.json
    check "shard $shard of 3" eval 'status_is 0 && has out "shard '$shard' of 3"'
done
check "each case is in one shard" \
    eval '[ $(($(records part1) + $(records part2) + $(records part3))) -eq 10 ]'
for format in text csv markdown latex json; do
    run table --format=$format --store=s.store s.json
    cp out expected
    run table --format=$format --merge --store=part1 --store=part2 --store=part3 s.json
    check "three shards joined are the whole, byte for byte: $format" \
        eval 'status_is 0 && cmp -s out expected'
done
run table --merge --store=part1 --store=part2 s.json
check "what is missing is a visible row" \
    eval 'status_is 1 && has out "missing" && has out "not run yet" && [ "$(grep -c missing out)" -ge 3 ]'
run table --merge --store=nowhere s.json
refused "a merge needs a store" 5 "nowhere: "
check "and makes none" test ! -e nowhere

# ---- A changed study ----------------------------------------------------------------------------
study '"degree": [3, 2, 4], "seed": {"from": 3, "to": 6}' '"orbits"' ', "group": ["degree"]' >c.json
run table --store=s.store c.json
check "a changed study: only what is new is run" eval 'status_is 0 && holds s.store 16'
check "a grouped table" eval 'has out "Cases     12: 12 proved" && grep -qE "^4 .* 4 +0$" out'

# ---- Killed in the middle ------------------------------------------------------------------------
study '"hidden": [[2, 1]], "degree": [2, 3], "seed": {"from": 1, "to": 6}' '"points", "rank_one"' >k.json
"$program" table --threads=1 --store=killed k.json >/dev/null 2>&1 &
victim=$!
tries=0
while [ "$(records killed 2>/dev/null)" -lt 3 ] && [ $tries -lt 400 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
kill -9 $victim 2>/dev/null
wait $victim 2>/dev/null
before=$(records killed)
find killed -name '*.json' -exec stat -c '%n %i' {} + | sort >stamps
check "some records are there after kill -9" test "$before" -ge 3
run table --threads=2 --store=killed k.json
cp out resumed
echo "$code" >resumed.code
find killed -name '*.json' -exec stat -c '%n %i' {} + | sort >stamps.again
check "the next run goes on and keeps them" \
    eval '[ -z "$(comm -23 stamps stamps.again)" ] && holds killed 12'
run table --threads=2 --store=undisturbed k.json
check "its table is that of an undisturbed run" \
    eval 'status_is "$(cat resumed.code)" && cmp -s out resumed'

# ---- Two processes at once -------------------------------------------------------------------------
"$program" table --threads=1 --store=shared k.json >"one" 2>one.err &
first=$!
"$program" table --threads=1 --store=shared k.json >"two" 2>two.err
code=$?
wait $first
check "two processes on one store make the same table" \
    eval 'cmp -s one two && cmp -s one resumed && silent one.err && silent two.err'
check "and no case twice" holds shared 12

# ---- Interrupted ---------------------------------------------------------------------------------------
study '"hidden": [[2, 2]], "degree": [3], "seed": {"from": 1, "to": 40}' '"points"' >slow.json
"$program" table --threads=1 --store=stopped slow.json >out 2>err &
victim=$!
sleep 1
kill -INT $victim
wait $victim
code=$?
check "an interrupt ends it with a table" \
    eval 'status_is 4 && has out "interrupted" && has out "missing"'
run table --threads=1 --store=stopped --time-limit=0.5 slow.json
check "so does the time limit of the run" eval 'status_is 4 && has out "ended by the time limit"'
study '"hidden": [[2, 2]], "degree": [3], "seed": [1]' '"points"' >slow.json
run table --store=limited --case-limit=0.3 slow.json
check "the time limit of a case is a row" eval 'status_is 1 && has out "time limit" && holds limited 1'
run table --store=limited --case-limit=0.3 slow.json
check "which is kept for this limit" eval 'status_is 1 && has out "time limit"'

# ---- Failures ------------------------------------------------------------------------------------------
rm -f full/*.json
mkdir -p full
cp "$(find part1 -name '*.json' | head -n 1)" full/
(
    ulimit -f 1
    "$program" table --store=full s.json >out 2>err
)
code=$?
check "a full disk: one line, and exit status 5" eval 'status_is 5 && silent out && one_line'
check "what was finished stays, and nothing else" \
    eval 'holds full 1 && [ "$(find full -name "*.new" | wc -l)" -eq 0 ]'
run table --store=full s.json
check "with room it goes on" eval 'status_is 0 && cmp -s out whole.txt'
victim=$(find full -name '*.json' | head -n 1)
head -c 100 "$victim" >damaged && cp damaged "$victim"
run table --store=full s.json
check "a damaged record is made again" eval 'status_is 0 && cmp -s out whole.txt && is_json "$victim"'
study '"degree": [2]' '"points", "prune_points"' >f.json
run table --store=failed f.json
check "a case that is refused is a row with its reason" \
    eval 'status_is 1 && has out "failed" && has out "branch and prune needs lambda-min"'

# bad PLACE TEXT: the study in bad.json
bad() {
    run table --store=never bad.json
    refused "refused: $2" 3 "ncf: bad.json:$1: $2"
    check "and nothing is made" test ! -e never
}
study '"degree": [2, 1001]' '"points"' >bad.json
bad 4:38 "expected an integer from 1 to 1000"
study '"degree": [2]' '"pionts"' >bad.json
bad 4:55 'unknown "pionts"'
study '"widths": [[2, 2, 2]]' '"points"' >bad.json
bad 4:42 "the last width"
study '"problem": ["nowhere.json"]' '"points"' >bad.json
bad 1:38 'the axis "problem" takes the place of a base'
printf '{"ncf-study": 1, "grid": {"problem": ["nowhere.json"]}, "quantities": ["points"]}' >p.json
run table --store=never p.json
refused "a problem file that does not exist" 5 "nowhere.json: "
printf '{"ncf": 1}' >broken.json
printf '{"ncf-study": 1, "grid": {"problem": ["broken.json"]}, "quantities": ["points"]}' >p.json
run table --store=never p.json
refused "a problem file that is invalid" 3 "broken.json:1:1: "
ln -s "$examples" e
printf '{"ncf-study": 1, "grid": {"problem": ["e/quickstart.json", "e/csv.json"]}, "quantities": ["points"]}' >p.json
run table --store=files p.json
check "problem files, with data of their own" \
    eval 'status_is 0 && grep -qE "^quickstart +124 +proved" out && grep -qE "^csv +8 +proved" out'

# ---- The studies of examples/ -------------------------------------------------------------------------
mkdir empty
for file in "$examples"/studies/*.json; do
    run table --merge --store=empty "$file"
    check "${file##*/} is a study" eval 'status_is 1 && silent err && has out "not run yet"'
    check "${file##*/}: README.md explains it" grep -qF "${file##*/}" "$examples/README.md"
done
run table --store=identities "$examples/studies/identities.json"
check "the identities hold" eval 'status_is 0 && has out "Cases     12: 12 proved"'
check "in every row" eval '[ "$(grep -cE " yes +yes +([0-9]+)/\1 " out)" -eq 12 ]'

# ---- Runs of flows ---------------------------------------------------------------------------------------
flow_study() {
    printf '{"ncf-study": 1, "grid": {"problem": ["e/quickstart.json"], "delta": [%s]},
"options": {"runs": 20}, "quantities": [%s]}\n' "$1" "$2"
}
flow_study '"1e-6"' '"runs_matched", "limits", "limits_strict", "strict_reached", "limits_listed"' >r.json
run table --store=flows r.json
check "all limits of runs are strict, listed, and all strict orbits are met" \
    eval 'status_is 0 && grep -qE "^ *20/20 +2 +2/2 +2/2 +yes +matched" out'
flow_study '"1e-4", 3' '"flow_verdict", "flow_matched", "final_angle"' >a.json
run table --store=flows a.json
check "a small start is matched, a large one is open with its reason" \
    eval 'status_is 1 && grep -qE "^1e-4 +matched +1/1 +0\.[0-9]+ +matched" out &&
        grep -qE "^3 +unmatched +0/1 .*undecided" out && has out "the start is not small"'
check "what is measured is not called proved" \
    eval 'has out "Cases     2: 1 matched, 1 undecided" && ! grep -q "^Proved" out && has out "Measured"'
sed 's/"delta": \["1e-4", 3\]/"delta": ["1e-4", 2], "start": [2]/; s/"quantities".*/"quantities": ["flow_proved", "proved_delta", "flow_agrees"]}/' a.json >theorem.json
run table --store=flows theorem.json
check "the theorem is about the small start, not about the large one" \
    eval 'status_is 1 && grep -qE "^1e-4 +yes +[01][.0-9]* +yes +matched" out &&
        grep -qE "^2 +open +[01][.0-9]* +open +undecided" out && has out "T-VALIDATEDFLOW"'

for shard in 0/2 3/2 1 1/ /2 1/2x -1/2 1/0; do
    run table --shard=$shard s.json
    refused "usage error: --shard=$shard" 2 "--shard takes K/N"
done
run table --merge --shard=1/2 s.json
refused "usage error: --merge with --shard" 2 "choose one"
run table --format=pdf s.json
refused "usage error: --format=pdf" 2 "--format takes"
finish
