#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# caps.sh: caps of attraction in the results of solve, certify and match.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

# angles: the proved caps in `out`, in order
angles() { sed -n 's/^    "angle": "\(.*\)",$/\1/p' out; }
verdicts() { grep -c "^    \"verdict\": \"$1\"" out; }

run solve --json --digits=8 --caps "$examples/quickstart.json"
angles >solved
check "solve: two strict orbits have a cap" \
    eval 'status_is 0 && [ "$(verdicts proved)" -eq 2 ] && [ "$(verdicts undecided)" -eq 7 ]'
check "solve: the others say why not" \
    eval '[ "$(grep -c "not a strict maximum" out)" -eq 7 ] && has out "\"undecided\": []"'
run solve --json --digits=8 --caps --threads=1 "$examples/quickstart.json"
angles >again
check "caps do not depend on the number of threads" cmp solved again

run solve --json --digits=20 "$examples/quickstart.json"
"$program" certify --json --digits=8 --caps --quiet "$examples/quickstart.json" - <out >again 2>err
code=$?
mv again out
angles >certified
check "certify: the same caps by another route" eval 'status_is 0 && cmp solved certified'

run solve --json --digits=8 --caps "$examples/rank-two.json"
check "a deep network: caps of closed forms and of other points" \
    eval 'status_is 0 && [ "$(verdicts proved)" -eq 3 ]'
run solve --caps "$examples/rank-two.json"
check "the table has a column" eval 'grep -q "units  cap$" out && [ "$(grep -c " 0[.][0-9]\{4\}$" out)" -eq 3 ]'
run solve "$examples/rank-two.json"
check "and none without the option" eval '! grep -q "  cap$" out'

run solve --json --caps "$examples/many-points.json"
check "too many weights: no cap, and exit status 1" \
    eval 'status_is 1 && has out "more than 60 weights" && has out "has no certified cap"'
run solve --json --caps "$examples/circle.json"
check "a set of points has none" eval 'status_is 0 && [ "$(verdicts proved)" -eq 0 ] && [ "$(verdicts undecided)" -eq 5 ]'
run solve --json --caps "$examples/deep-linear.json"
check "a continuous family has none" eval '[ "$(verdicts proved)" -eq 0 ]'

run match --json --digits=8 "$examples/match.json" "$examples/match.csv"
angles >matched
cap_is_listed() { [ -s matched ] && grep -qx "$(cat matched)" solved; }
check "match: the cap of a listed orbit" cap_is_listed
finish
