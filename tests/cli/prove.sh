#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# prove.sh: theorems on the flow from one start, and what they refuse.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
quickstart=$examples/quickstart.json

run flow --angle=0.1 "$quickstart"
refused "an angle without a proof" 2 "--angle is an option of --prove"
run flow --prove --delta=1 "$quickstart"
refused "a scale of a proof for all scales" 2 "--prove is for all small delta at once: --delta"
run flow --prove --angle=0 "$quickstart"
refused "a cone without an angle" 2 "angle must be greater than 0"

run flow --prove --quiet "$quickstart"
check "both statements are proved" eval 'status_is 0 && [ "$(grep -c "^PROVED" out)" = 2 ]'
check "the statement for every delta" eval 'has out "for every delta in (0, " && has out "delta (T-VALIDATEDFLOW)"'
check "no trajectory is written" eval '[ -z "$(ls ./*.npy ./*.csv 2>/dev/null)" ]'
check "at most 80 columns" eval '! grep -q ".\{81\}" out'

# The exact start of the document gives the same constants again.
run flow --prove --json --quiet --angle=0.1 "$quickstart"
check "a document" eval 'status_is 0 && is_json out'
cp out first.json
sed -n '/"start"/,/\]/s/^ *"\(-\{0,1\}[0-9/]*\)",\{0,1\}$/\1/p' first.json | paste -sd, - >start.csv
run flow --prove --json --quiet --angle=0.1 --initial=start.csv "$quickstart"
check "the start that is written" status_is 0
constants() { grep -E '"(delta|mid|rad|tangent|pieces)":' "$1"; }
constants first.json >first
constants out >second
check "the same constants" eval '[ -s first ] && cmp -s first second'

# --run is the start of that number, as in a run without --prove.
run flow --prove --quiet --run=3 "$quickstart"
check "the start by its number" eval 'has out "a random direction, seed 1, run 3"'
cp out third
run flow --prove --quiet "$quickstart"
check "another start, another theorem" eval '! cmp -s out third && has out "seed 1, run 0"'

# Two units that are tied to 1e-6 part in the end: a theorem for very small scales.
sed 's/\[2, 3, 1\]/[2, 2, 1]/' "$quickstart" >pair.json
printf '0.6,0.5,0.600001,0.5,0.4,0.4\n' >tied.csv
run flow --prove --quiet --angle=0.1 --initial=tied.csv pair.json
check "two units tied to 1e-6" eval 'status_is 0 && [ "$(grep -c ^PROVED out)" -eq 2 ] && has out "e-08] the training flow"'

# A unit that dies: the point has lambda = 0, and that is said.
printf '{"ncf":1,"network":{"type":"feedforward","widths":[1,1,1],"activation":{"type":"power","degree":2}},"data":{"x":[[1]],"y":[1]},"loss":"square"}' >one.json
printf '1,-1\n' >dies.csv
run flow --prove --quiet --initial=dies.csv one.json
check "a unit that dies" eval 'has out "lambda is not proved positive"'

# Two units that are equal stay so: the limit is no maximum, and no cap is proved.
sed 's/\[1,1,1\]/[1,2,1]/' one.json >two.json
printf '1,1,1,1\n' >equal.csv
run flow --prove --quiet --initial=equal.csv two.json
check "no cap, no theorem" eval 'status_is 1 && has out "UNDECIDED" && ! grep -q "^PROVED" out'
finish
