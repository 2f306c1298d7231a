#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# certificate-random.sh: whatever ncf writes for random small problems of many kinds, ncf-check
# verifies. NCF_TEST_MULT=20 (make check-long) makes it 1,000 problems.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
checker=${program%/*}/ncf-check
[ -x "$checker" ] || {
    echo "the checker was not built"
    exit 77
}
seed=${NCF_TEST_SEED:-1}
count=$(awk -v m="${NCF_TEST_MULT:-1}" 'BEGIN { n = int(50 * m); print n < 1 ? 1 : n }')

# One problem in a file for each number: shapes and degrees in turn, small integers as data.
awk -v seed="$seed" -v count="$count" '
function pick(n) { return int(n * rand()) }
function power(p) { return p == 1 ? "{\"type\": \"linear\"}" : "{\"type\": \"power\", \"degree\": " p "}" }
function network(k,   w) {
    d = 1 + pick(3)
    if (k % 10 < 5)
        return "\"feedforward\", \"widths\": [" d ", " 1 + pick(3) ", 1], \"activation\": " power(2 + pick(3))
    if (k % 10 < 7)
        return "\"feedforward\", \"widths\": [" d ", " 1 + pick(2) ", " 1 + pick(2) ", 1], \"activation\": [" power(2 + pick(2)) ", " power(1 + pick(2)) "]"
    if (k % 10 == 7)
        return "\"feedforward\", \"widths\": [" d ", 2, 1], \"activation\": {\"type\": \"polynomial\", \"coefficients\": [\"0\", \"1\", \"" 1 + pick(3) "/2\"]}"
    if (k % 10 == 8)
        return "\"feedforward\", \"widths\": [" d ", 2, 2, 1], \"activation\": " power(1)
    d = 3
    return "\"convolution\", \"length\": 3, \"layers\": [{\"channels\": 1, \"kernel\": 2}], \"activation\": " power(2 + pick(2))
}
BEGIN {
    srand(seed)
    split("square logistic exponential", losses, " ")
    for (k = 0; k < count; k++) {
        text = "{\"ncf\": 1, \"network\": {\"type\": " network(k) "}, \"loss\": \"" losses[1 + pick(3)] "\", \"data\": {\"x\": ["
        n = 1 + pick(4)
        labels = ""
        for (i = 0; i < n; i++) {
            row = ""
            for (j = 0; j < d; j++)
                row = row (j ? ", " : "") (pick(7) - 3)
            text = text (i ? ", " : "") "[" row "]"
            labels = labels (i ? ", " : "") (pick(9) - 4)
        }
        print text "], \"y\": [" labels "]}}" >("problem-" k ".json")
        close("problem-" k ".json")
    }
}'

bad=0
claims=0
k=0
while [ "$k" -lt "$count" ]; do
    bound=--lambda-min=1/4
    [ $((k % 10)) -ge 4 ] || bound=--threads=1
    [ $((k % 10)) -ne 3 ] || bound=--max-classes=0
    "$program" solve --quiet --threads=1 --top=5 --time-limit=20 $bound \
        --certificate=certificate.json "problem-$k.json" >out 2>err
    code=$?
    if [ "$code" -gt 1 ] && [ "$code" -ne 4 ]; then
        echo "not ok problem $k of seed $seed: status $code: $(head -n 1 err)"
        bad=$((bad + 1))
    elif [ "$code" -ne 4 ] && ! "$checker" certificate.json >verdict 2>&1; then
        echo "not ok problem $k of seed $seed: $(cat verdict)"
        sed 's/^/    /' "problem-$k.json"
        bad=$((bad + 1))
    elif [ -e certificate.json ]; then
        claims=$((claims + $(grep -c '"kind"' certificate.json)))
    fi
    rm -f certificate.json
    k=$((k + 1))
done
check "$count random problems: $claims claims are verified" [ "$bad" -eq 0 ]
check "there are claims" [ "$claims" -gt "$count" ]
finish
