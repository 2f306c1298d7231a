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

run match --quiet --certificate=certificate.json "$examples/match.json" "$examples/match.csv"
check "match: the point and a cap are verified" eval 'status_is 0 && verified && holds basin 1'

# A certificate that is changed is not verified.
sed 's/"index": [0-9]*/"index": 3/' certificate.json >changed.json
"$checker" changed.json >verdict 2>&1
code=$?
check "another index is rejected" eval 'status_is 1'

run certify --quiet --certificate=nowhere/certificate.json "$examples/certify.json" \
    "$examples/certify.csv"
check "a file that cannot be written: status 5" eval 'status_is 5 && has err "nowhere/certificate.json"'
run certify --quiet --certificate=certificate.json --time-limit=1e-6 "$examples/certify.json" \
    "$examples/certify.csv"
check "a partial result has a certificate" eval 'status_is 4 && verified && has certificate.json "a limit"'
finish
