#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# certificate.sh: certificates that ncf writes pass ncf-check, say what the result says, and list
# what they leave out.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
checker=${program%/*}/ncf-check
[ -x "$checker" ] || {
    echo "the checker was not built"
    exit 77
}

# holds KIND COUNT: so many claims of a kind
holds() { [ "$(grep -c "\"kind\": \"$1\"" certificate.json)" -eq "$2" ]; }
verified() { "$checker" certificate.json >verdict 2>&1 && grep -q '^VERIFIED' verdict; }

# certify NAME [OPTION...]: the points of examples/NAME.json that ncf solve lists
certify() {
    name=$1
    shift
    "$program" solve --quiet --json --top=3 "$examples/$name.json" >points.json 2>err
    run certify --quiet --certificate=certificate.json "$@" "$examples/$name.json" points.json
    check "certify $name: all is proved" status_is 0
    check "certify $name: verified" verified
}

certify quickstart
check "a point is unique, with zeros, a sign, an index, ranks, an orbit" \
    eval 'holds exists-unique 6 && holds zero-pattern 2 && holds refine 1 && holds lambda-sign 3 && holds inertia 3 &&
          holds rank 6 && holds orbit 3 && holds distinct 1'
check "what is not in it is listed" has certificate.json '"how far each candidate is from its point"'
certify deep-square --caps
check "a strict point has a cap" eval '[ "$(grep -c basin certificate.json)" -ge 1 ]'
certify rank-two
certify convolution
check "no claims of orbits for convolutions, and a word on it" \
    eval 'holds orbit 0 && has certificate.json "for feed-forward networks only"'
certify formula
certify separable
certify inhomogeneous

# solve NAME STATUS: the certificate of all that is found
solve() {
    # shellcheck disable=SC2034
    expected=$2
    run solve --quiet --certificate=certificate.json "$examples/$1.json"
    check "solve $1: verified" eval 'status_is "$expected" && verified'
}

solve quickstart 0
check "all lines by a count, the numbers of points, an orbit each" \
    eval 'holds complete-by-count 1 && holds lines 1 && holds census 1 && holds closed-form 9 &&
          has certificate.json "\"positive\": \"124\"" && has certificate.json "the gaps"'
solve plane 0
solve quartic 0
check "classes that are not real are counted" eval 'holds real 1 && holds census 1'
solve csv 0
solve circle 0
check "what is no isolated line is listed" has certificate.json "of the orbits that are listed"
solve deep-square 0
check "rank-one points are counted, others are certified one by one" \
    eval 'holds census 1 && holds closed-form 4 && holds orbit 5'
solve deep-linear 0
check "a linear network has one family" holds closed-form 1
solve rank-two 0
solve undecided 1
check "what was not decided is listed" has certificate.json "it was not decided"
solve deep-wide 1
solve formula 1

run solve --quiet --max-classes=0 --certificate=certificate.json "$examples/quartic.json"
check "a cover of the charts, and the lines that it gives" \
    eval 'status_is 0 && verified && holds complete-by-cover 1 && holds lines 1 && holds census 0'
sed 's/ z1 / z2 /' certificate.json >changed.json
"$checker" changed.json >verdict 2>&1
code=$?
check "a cover whose word is changed is rejected" eval 'status_is 1'

printf '{"network": {"type": "feedforward", "widths": [8, 3, 1], "activation": {"type": "power",
  "degree": 3}}, "data": {"random": {"points": 40, "inputs": 8, "distribution": "sphere",
  "seed": 3}}, "ncf": 1}' >cubic.json
run solve --quiet --certificate=certificate.json cubic.json
check "255 classes, of which 224 are not real: verified, complete" \
    eval 'status_is 0 && verified && holds exists-unique 143 && holds census 1'

# The certificates that are stored, and what is written now, say the same.
for file in "$examples"/certificates/*.json; do
    cp "$file" certificate.json
    check "stored: $(basename "$file")" verified
done

run match --quiet --certificate=certificate.json "$examples/match.json" "$examples/match.csv"
check "match: the point and a cap are verified" eval 'status_is 0 && verified && holds basin 1'

run flow --quiet --trajectory=none --certificate=certificate.json "$examples/quickstart.json"
check "flow: the point of a run" eval 'verified && holds basin 1 && has certificate.json "is measured"'
run flow --quiet --runs=20 --delta=1e-6 --certificate=certificate.json "$examples/quickstart.json"
check "flow --runs: the points of all orbits" eval 'verified && [ "$(grep -c basin certificate.json)" -ge 2 ]'
run flow --quiet --prove --certificate=certificate.json "$examples/quickstart.json"
check "flow --prove: the point, and what of the theorems has no claim" \
    eval 'verified && holds basin 1 && has certificate.json "for all small delta"'
run match --quiet --certificate=certificate.json "$examples/match.json" "$examples/match.csv"

# A certificate that is changed is not verified.
sed 's/"index": [0-9]*/"index": 3/' certificate.json >changed.json
"$checker" changed.json >verdict 2>&1
code=$?
check "another index is rejected" eval 'status_is 1'

run certify --quiet --certificate=nowhere/certificate.json "$examples/certify.json" \
    "$examples/certify.csv"
check "a file that cannot be written: status 5" eval 'status_is 5 && has err "nowhere/certificate.json"'
rm -f certificate.json
run certify --quiet --certificate=certificate.json --time-limit=1e-6 "$examples/certify.json" \
    "$examples/certify.csv"
# On a machine with much to do the program may be stopped before it has a result.
if grep -q "nothing was written" err; then
    check "no result, no certificate" eval 'status_is 4 && [ ! -e certificate.json ]'
else
    check "a partial result has a certificate" \
        eval 'status_is 4 && verified && has certificate.json "a limit"'
fi
finish
