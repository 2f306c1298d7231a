#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# export.sh: exported files, and the round trip through the programs that are installed:
# what they find is certified, and its orbits are those of ncf solve.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
quickstart=$examples/quickstart.json

# problem NAME WIDTHS ACTIVATION: two points in the plane
problem() {
    printf '{"ncf": 1, "network": {"type": "feedforward", "widths": %s, "activation": %s},
 "data": {"x": [[1, 2], [3, -1], [-1, 1], [2, 2]], "y": [1, -1, 2, 1]}}' "$2" "$3" >"$1.json"
}
problem square '[2, 1, 1]' '{"type": "power", "degree": 2}'
problem cubic '[2, 1, 1]' '{"type": "power", "degree": 3}'
problem pair '[2, 2, 1]' '{"type": "power", "degree": 2}'
problem deep '[2, 1, 1, 1]' '{"type": "power", "degree": 2}'
problem mixed '[2, 1, 1]' '{"type": "polynomial", "coefficients": ["0", "1", "1"]}'
problem wide '[2, 20000, 1]' '{"type": "power", "degree": 2}'

# ---- Files ---------------------------------------------------------------------------

for format in msolve singular phcpack macaulay2 bertini julia; do
    run export --format=$format square.json
    check "$format: written" eval 'status_is 0 && [ -s out ]'
    cat out err >text
    check "$format: the header names the problem, the unknowns and the command" \
        eval 'has text "square.json, SHA-256" && has text "z3 = W_2_1_1" && has text "run: "'
    run export --quiet --format=$format --output=new.file square.json
    check "$format: --output and --quiet" eval 'status_is 0 && silent out && silent err'
    sed 's/FILE/new.file/g' text | grep -v '^run: \|^then: ' >expected
    check "$format: the file is the same" eval '[ -s new.file ] && rm new.file'
    run export --format=$format --system=eigen square.json
    check "$format: eigen has q1, q2, mu and s" eval 'status_is 0 && has out q2 && has out mu'
    run export --format=$format mixed.json
    check "$format: not homogeneous: kkt" eval 'status_is 0 && has out "lam"'
done
run export --format=msolve --quiet square.json
check "msolve: names, characteristic and three equations" eval '[ "$(wc -l <out)" -eq 5 ] &&
    [ "$(head -n 2 out | tr "\n" " ")" = "z1,z2,z3 0 " ]'

run export "$quickstart"
refused "without --format" 2 "needs --format"
run export --format=maple "$quickstart"
refused "an unknown format" 2 "--format cannot be"
run export --format=msolve --system=all "$quickstart"
refused "an unknown system" 2 "--system cannot be"
run export --format=msolve --output=new.file wide.json
refused "a network that is too large" 3 "too large"
check "and no file appears" test ! -e new.file
run export --format=msolve --system=eigen deep.json
refused "eigen of a deep network" 3 "two layers"
run export --format=msolve --system=fixed-point mixed.json
refused "the fixed-point form of a network that is not homogeneous" 3 "homogeneous"
run export --format=msolve nowhere.json
refused "a problem that does not exist" 5 nowhere.json
run certify --solutions=maple square.json out
refused "an unknown list" 2 "--solutions cannot be"

# ---- Lists ---------------------------------------------------------------------------

run certify "$examples/quartic.json" "$examples/quartic-phc.out"
check "a list of PHCpack in examples" eval 'status_is 0 && has out "(phcpack)" && has out "not real"'
run certify --json "$examples/quartic.json" "$examples/quartic-phc.out"
check "its counts in the document" eval 'is_json out && has out "\"not_real\":" && has out "\"failed\":"'
printf '1\n\n1 0\n2 0\n' >short.list
run certify square.json short.list
refused "a list of another system" 3 "ncf: short.list: the solutions have 2 coordinates"
printf '2\n\n1 0\n2 0\n3 0\n' >cut.list
run certify square.json cut.list
refused "a list that is cut" 3 "ncf: cut.list:6:1: the file ends after 1 of 2 solutions"
printf '1\n\n0 1\n0 2\n0 3\n' >complex.list
run certify square.json complex.list
refused "a list without real solutions" 3 "none of the 1 solutions is a candidate"
run certify --solutions=msolve square.json complex.list
refused "a list of another program" 3 "ncf: complex.list:1:1: '[' is expected here"

# ---- Round trips ---------------------------------------------------------------------

# The orbits with lambda > 0 of a result document: lambda in 9 digits.
positive() {
    sed -n '/^ "orbits"/,$p' "$1" | sed -n '/"lambda": {/{n;s/.*"\([0-9-][0-9.]*\)".*/\1/p;}' |
        grep -v '^-' | cut -c 1-10 | sort -u
}

# solver FORMAT: reads the exported file `system`, writes `found`
solver() {
    case $1 in
    phcpack) rm -f found && phc -b system found >log 2>&1 </dev/null ;;
    singular) Singular -q system >found 2>log </dev/null ;;
    macaulay2) M2 --script system >found 2>log </dev/null ;;
    msolve) msolve -f system -o found >log 2>&1 </dev/null ;;
    esac
}

# trip FORMAT PROBLEM SYSTEM: all orbits of ncf solve come back
trip() {
    run export --quiet --format="$1" --system="$3" --output=system "$2.json"
    check "$1, $2, $3: exported" status_is 0
    solver "$1"
    run certify --json --digits=12 "$2.json" found
    cp out certified
    positive certified >back
    run solve --json --digits=12 --lambda-min=0.001 "$2.json"
    positive out >solved
    check "$1, $2, $3: the orbits of ncf solve" eval '[ -s solved ] && diff solved back'
    check "$1, $2, $3: nothing undecided" eval '! grep -q "\"verdict\": \"undecided\"" certified'
}

for pair in phcpack:phc singular:Singular macaulay2:M2 msolve:msolve; do
    format=${pair%:*}
    command -v "${pair#*:}" >/dev/null || {
        echo "ok $format: ${pair#*:} is not installed: no round trip"
        continue
    }
    trip "$format" square fixed-point
    trip "$format" square kkt
    trip "$format" cubic kkt
    trip "$format" cubic eigen
    trip "$format" deep fixed-point
    # phc -b misses solutions in which coordinates are zero: those with an inactive unit.
    [ "$format" = phcpack ] || trip "$format" pair fixed-point
done
finish
