#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# options.sh: what each option of solve changes, and what it must not change.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
quickstart=$examples/quickstart.json
quartic=$examples/quartic.json

# The document without what may differ between two runs: the time and the options.
facts() { sed -e '/^ "options": {/,/^ }/d' -e '/^ "timing": {/,/^ }/d' "$1"; }
orbits() { grep -c '^   "lambda": {' out; }

for problem in "$quartic" "$examples/plane.json" "$examples/undecided.json"; do
    name=${problem##*/}
    run solve --json --threads=1 "$problem"
    check "$name: --json is JSON and nothing else" eval 'is_json out && silent err'
    facts out >one
    run solve --json --threads=2 "$problem"
    facts out >two
    check "$name: one thread and two give the same" cmp one two
    run solve --json --threads=7 "$problem"
    facts out >seven
    check "$name: and seven" cmp one seven
done
check "what is compared holds the answer" grep -q '"proved"' one

# The seed decides how, not what: the counts and the table of lines are the same.
for seed in 1 2 18446744073709551615; do
    run solve --seed=$seed "$quartic"
    sed -n '/^COMPLETE/,/^Audit/p' out >seed.$seed
done
check "the answer does not depend on the seed" \
    eval '[ -s seed.1 ] && cmp seed.1 seed.2 && cmp seed.1 seed.18446744073709551615'

# mu = (7 + sqrt(317)) / 2
for pair in 1:12 10:12.40224691 30:12.402246907382427797273279390; do
    run solve --digits=${pair%%:*} "$quickstart"
    check "--digits=${pair%%:*}" has out " ${pair#*:}"
done
run solve --json --digits=200 --precision=1000 "$quickstart"
check "--digits=200 --precision=1000 gives 200 digits" \
    grep -qE '"mid": "12\.402246907382427797[0-9]{180}' out
run solve --json --digits=200 "$quickstart"
check "more digits than the precision holds are still an enclosure" \
    eval 'status_is 0 && is_json out && grep -q "\"rad\": \".*e-[34][0-9]\"" out'
for bits in 53 1000; do
    run solve --precision=$bits "$quartic"
    check "--precision=$bits" eval 'status_is 0 && has out "7^4 - 1"'
done

for top in 0 3 1000; do
    run solve --json --top=$top "$quartic"
    wanted=$((top < 34 ? top : 34))
    check "--top=$top lists $wanted orbits" eval 'status_is 0 && [ "$(orbits)" -eq $wanted ]'
    check "--top=$top counts all" grep -q '"positive": "2400"' out
done
run solve --top=3 "$quartic"
check "a table that is cut says so" grep -q 'further orbits exist' out

run solve "$quartic"
check "a long table is shortened" grep -q '\.\.\. 14 more' out
run solve --verbose "$quartic"
check "--verbose shortens nothing" eval '! has out "... " && grep -qE "^   34 " out'

# Of the orbits of quickstart.json, four have lambda >= 6: 14.3, 10.1, 8.3 and 6.2.
run solve --lambda-min=6 "$quickstart"
check "--lambda-min counts what is above it" \
    eval 'status_is 0 && grep -qE "^  all +32$" out && has out "lambda >= 6 "'
run solve --lambda-min=100 "$quickstart"
check "--lambda-min above all" eval 'status_is 0 && grep -qE "^  all +0$" out'
run solve --lambda-min=1/1000 "$quickstart"
check "--lambda-min below all" eval 'status_is 0 && grep -qE "^  all +124$" out'

run solve --max-classes=4000 --top=1 "$examples/cubic-12.json"
check "--max-classes below 4095 leaves cubic-12.json undecided" \
    eval 'status_is 1 && has out "UNDECIDED" && has out "--max-classes=4000"'
for option in --quiet --verbose; do
    run info $option "$quickstart"
    check "info $option" eval 'status_is 0 && silent err'
done
run solve --quiet --output=out.txt "$examples/cubic-12.json"
check "--quiet prints nothing" eval 'status_is 0 && silent err && silent out'
finish
