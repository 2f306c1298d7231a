#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# certify.sh: candidates of every kind: bad files, points of solve fed back, two of one
# orbit, exactly at a KKT point, singular, lambda of either sign, far away.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
deep=$examples/certify.json

# bad NAME PLACE TEXT, with the candidates on standard input
bad() {
    cat >"$1.txt"
    run certify "$deep" "$1.txt"
    refused "refused: $1" 3 "ncf: $1.txt:$2 $3"
    run certify --json --output=new.json "$deep" "$1.txt"
    refused "refused with --output: $1" 3 "ncf: $1.txt:$2 $3"
    check "$1: no output file appears" test ! -e new.json
}

printf '' | bad empty 1:1: "the file is empty"
printf '[]' | bad no-candidate 1:1: "there is no candidate"
printf '[[1, 2, 3, 4, 5, 6, 7],\n [1, 2, 3]]' | bad short 2:2: "candidate 2 has 3 weights, the network 7"
printf '[[1, 2, 3, 4, 5, 6, 7, 8]]' | bad long 1:24: "candidate 1 has more than the 7 weights"
printf '[[1, 2, NaN, 4, 5, 6, 7]]' | bad nan-json 1:9: "invalid token"
printf '[[1, 2, "inf", 4, 5, 6, 7]]' | bad inf-json 1:9: "not a number"
printf '[[0, 0, 0, 0, 0, 0.0, 0]]' | bad zero-json 1:2: "candidate 1 is zero"
printf '1,2,3,4,5,6,7\n1,2,nan,4,5,6,7\n' | bad nan-csv 2:5: "not a number"
printf 'nan,2,3,4,5,6,7\n1,2,3,4,5,6,7\n' | bad nan-first 1:1: "not a number"
printf '1,2,3,4,5,6\n' | bad short-csv 1:11: "the row has fewer numbers, the network has 7 weights"
printf 'a,b,c,d,e,f,g\n0,0,0,0,0,0,0\n' | bad zero-csv 2:1: "the row is zero"
printf 'a,b,c,d,e,f,g\n' | bad header-only 1:1: "there is no candidate"
printf '{"orbits": [{"weights": null}]}' | bad no-weights 1:25: "orbit 1 has no weights"
printf '{"weights": []}' | bad unknown-key 1:2: "unknown key"
printf '\223NUMPY\001\000\106\000' | bad npy-short "" "the file is truncated in its header"
printf 'PK\003\004' | bad archive "" "this is an archive"

run certify "$deep" nowhere.csv
refused "points that do not exist" 5 "nowhere.csv: "
run certify nowhere.json "$examples/certify.csv"
refused "a problem that does not exist" 5 "nowhere.json: "
run certify "$deep" "$examples/points.csv"
refused "points of another network" 3 "points.csv:2:"

# ---- What solve has proved is proved again, by code that knows nothing of it ---------

# lambdas FILE: lambda and size of every orbit
lambdas() {
    sed -n '/^ "orbits"/,$p' "$1" | sed -n '/"lambda": {/{n;s/.*"\([0-9.-]*\)".*/\1/p;}; s/.*"size": \(.*\),/\1/p'
}
for problem in quickstart quartic plane; do
    run solve --json --digits=12 --top=20 "$examples/$problem.json"
    lambdas out >first
    "$program" certify --json --digits=12 --quiet "$examples/$problem.json" - <out >again 2>err
    code=$?
    check "$problem: what solve found is certified" status_is 0
    lambdas again >second
    check "$problem: the same lambda and orbit sizes" cmp first second
    check "$problem: there is something to compare" test -s first
done

# ---- Special candidates --------------------------------------------------------------

# certify_text CANDIDATES ARGUMENT...
certify_text() {
    printf '%s' "$1" >candidates.json
    shift
    run certify --json --digits=15 "$@" candidates.json
}
field() { sed -n "s/^   \"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" out | head -n 1; }
is() { [ "$(field "$1")" = "$2" ]; }

# x = (1), (2), y = 1, 1, one hidden unit, t^2: N = 5 v w^2 and grad N = lambda u at
# w^2 = 2/3, v^2 = 1/3.
printf '{"ncf": 1, "network": {"type": "feedforward", "widths": [1, 1, 1], "activation":
 {"type": "power", "degree": 2}}, "data": {"x": [[1], [2]], "y": [1, 1]}}' >small.json
certify_text '[[1.4142135623730950488, 1]]' small.json
check "at a KKT point: proved" eval 'status_is 0 && is verdict proved && is lambda_sign positive'
check "and the distance is tiny" grep -q '"mid": "[0-9.]*e-[12][0-9]"' out
certify_text '[[-3e20, -2.1213203435596425732e20]]' small.json
check "a huge candidate, negative lambda" \
    eval 'status_is 0 && is verdict proved && is lambda_sign negative && is index 1'
certify_text '[[1e-30, 0.70710678118654752440e-30]]' small.json
check "a tiny candidate" eval 'status_is 0 && is verdict proved && is second_order strict'
certify_text '[[0, 1]]' small.json
check "lambda = 0 at an isolated point: proved, and exactly 0" \
    eval 'status_is 0 && is verdict proved && is lambda_sign zero && is index 1'
certify_text '[[0, 0, 0, 0, 1, 1, 1]]' "$deep"
check "lambda = 0 on a degenerate set: undecided, with the reason" \
    eval 'status_is 1 && is verdict undecided && has out singular && has out "\"orbits\": []"'
certify_text '[[1, 1.2]]' small.json
check "too far away: elsewhere" eval 'status_is 1 && is verdict elsewhere && has out "farther away"'
certify_text '[[1, 1.2]]' --distance=1/2 small.json
check "near enough with --distance" eval 'status_is 0 && is verdict proved'
certify_text '[[1.4142, 1], [-1.4142, 1], [1.4142, -1], [1.4142, 1]]' small.json
check "one orbit by the sign of the unit, another by that of lambda" \
    eval 'status_is 0 && has out "\"orbits\": 2," && [ "$(grep -c "\"same_orbit_as\": 1" out)" -eq 2 ]'
certify_text '[[0, 0, 0, 0, 1, 1, 1], [0, 0, -0.7118, 0.2538, 0, -0.5346, -0.3779]]' "$deep"
check "what is undecided does not hide what is proved" \
    eval 'status_is 1 && has out "\"proved\": 1," && has out "\"undecided\": 1,"'

# The eigenlines of this problem fill a circle, and so do its KKT points.
run solve --json --digits=20 "$examples/circle.json"
"$program" certify --json "$examples/circle.json" - <out >again 2>err
code=$?
cp again out
check "points of a continuous family: undecided, singular" \
    eval 'status_is 1 && has out "\"verdict\": \"undecided\"" && has out singular'

# Results do not depend on the number of threads.
facts() { sed -e '/^ "options": {/,/^ }/d' -e '/^ "timing": {/,/^ }/d' "$1"; }
for threads in 1 2 7; do
    run certify --json --threads=$threads "$deep" "$examples/certify.csv"
    facts out >threads.$threads
done
check "one thread, two and seven give the same" \
    eval 'cmp threads.1 threads.2 && cmp threads.1 threads.7 && [ -s threads.1 ]'

# All formats hold the same candidates.
sed '/^#/d; /^a/d; s/^/[/; s/$/]/' "$examples/certify.csv" | paste -sd, | sed 's/^/[/; s/$/]/' >same.json
run certify --json "$deep" same.json
facts out | sed '/"candidates_file"/,/}/d' >other
run certify --json "$deep" "$examples/certify.csv"
facts out | sed '/"candidates_file"/,/}/d' >one
check "CSV and JSON give the same" cmp one other

# ---- A limit leaves what was finished ------------------------------------------------

awk 'BEGIN { srand(1); for (k = 0; k < 30000; k++) { for (j = 0; j < 7; j++)
    printf "%s%.3f", j ? "," : "", 2 * rand() - 1; print "" } }' >many.csv
# On a busy machine nothing may be finished after a second.
for limit in 1 10; do
    run certify --json --threads=1 --time-limit=$limit "$deep" many.csv
    has out '"verdict": "undecided"' && break
done
check "--time-limit leaves a valid, partial document" \
    eval 'status_is 4 && is_json out && has out "\"limit\": \"time\"" && silent err'
check "with finished and unfinished candidates" \
    eval 'has out "\"verdict\": \"undecided\"" && has out "\"verdict\": \"unfinished\""'

# ---- The order of the weights is that of PyTorch's parameters ------------------------

# The network as a list of matrices (out x in), in floats, by code that shares nothing.
cat >order.py <<'END'
import json, sys
problem, result = (json.load(open(name)) for name in sys.argv[1:])
x = [[float(a) for a in row] for row in problem["data"]["x"]]
y = [float(a) for a in problem["data"]["y"]]

def value(matrices):
    total = 0
    for inputs, label in zip(x, y):
        h = inputs
        for l, matrix in enumerate(matrices):
            h = [sum(w * t for w, t in zip(row, h)) for row in matrix]
            if l + 1 < len(matrices):
                h = [t * t for t in h]
        total += label * h[0]
    return total

def worst(candidate):
    u = [[[float(w["mid"]) for w in row] for row in matrix] for matrix in candidate["weights"]]
    largest, step = 0, 1e-5
    for row in [row for matrix in u for row in matrix]:
        for j, w in enumerate(row):
            row[j] = w + step
            above = value(u)
            row[j] = w - step
            slope = (above - value(u)) / (2 * step)
            row[j] = w
            largest = max(largest, abs(slope - float(candidate["lambda"]["mid"]) * w))
    return largest

assert len(result["candidates"]) == 5
print(max(worst(c) for c in result["candidates"]))
sys.exit(max(worst(c) for c in result["candidates"]) > 1e-5)
END
if command -v python3 >/dev/null; then
    run certify --json --digits=17 "$deep" "$examples/certify.csv"
    cp out result.json
    check "grad N = lambda u in floats, in PyTorch's order" python3 order.py "$deep" result.json
fi
finish
