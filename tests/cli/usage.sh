#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# usage.sh: a usage error is one line on standard error and exit status 2; help and
# version go to standard output.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
quickstart=$examples/quickstart.json

# wrong TEXT ARGUMENT...
wrong() {
    text=$1
    shift
    run "$@"
    refused "usage error: ncf $(printf '%s ' "$@" | sed "s|$examples/||")" 2 "$text"
}

wrong "a command is missing"
wrong "'frobnicate' is not a command" frobnicate
wrong "'-x' is not a command" -x
for planned in escape margin; do
    wrong "'$planned' is not supported yet" $planned
done
wrong "takes one problem file" solve
wrong "takes one problem file" info
wrong "takes one problem file" solve "$quickstart" "$quickstart"
wrong "takes a problem file and a file of points" certify
wrong "takes a problem file and a file of points" certify "$quickstart"
wrong "takes a problem file and a file of points" certify "$quickstart" a b
wrong "only one of the two files can be standard input" certify - -
wrong "'--top=3' is not an option of ncf certify" certify --top=3 "$quickstart" a
wrong "'--no-such' is not an option of ncf solve" solve --no-such "$quickstart"
wrong "'-x' is not an option of ncf solve" solve -x "$quickstart"
wrong "'-x' is not an option of ncf solve" solve -xyz "$quickstart"
wrong "'-j' is not an option of ncf info" info -j
wrong "'--digits=3' is not an option of ncf info" info --digits=3 "$quickstart"
wrong "'--json=3': this option takes no value" solve --json=3 "$quickstart"
wrong "'--digits' needs a value" solve "$quickstart" --digits
wrong "'--output' needs a value" info "$quickstart" --output

for option in digits top precision max-precision max-classes threads seed time-limit; do
    for value in "" x 1x -1 1e99 99999999999999999999999 nan ' 1'; do
        wrong "--$option takes a" solve "--$option=$value" "$quickstart"
    done
done
for pair in digits=0 digits=10001 top=1.5 top=10000001 precision=52 precision=100001 \
    max-precision=1000001 threads=0 threads=1025 seed=18446744073709551616 time-limit=0 \
    time-limit=inf time-limit=1e10; do
    wrong "--${pair%%=*} takes a" solve "--$pair" "$quickstart"
done
for value in "" x 0 -1 1/0 nan 0x10 ' 1'; do
    wrong "lambda-min" solve "--lambda-min=$value" "$quickstart"
done

for value in "" x 0 -1 1/0 nan 0x10 ' 1'; do
    wrong "distance" certify "--distance=$value" "$examples/certify.json" "$examples/certify.csv"
done

for arguments in --help --version help "solve --help" "certify --help" "info --help" "solve --version" \
    "solve --help --no-such" "info --json --version"; do
    # shellcheck disable=SC2086
    run $arguments
    check "ncf $arguments" eval 'status_is 0 && silent err && [ -s out ]'
    check "ncf $arguments fits into 80 columns" awk 'length($0) > 80 { bad = 1 } END { exit bad }' out
done
run --version
check "the versions of the libraries are shown" \
    eval 'has out "ncf " && has out "flint " && has out "arb " && has out "gmp " && has out "mpfr "'

# These tests themselves.
cat >fails.sh <<'EOF'
. "$srcdir/tests/cli/lib.sh"
echo | check "in a pipeline" test "$1" = good
(check "in a subshell" test "$2" = good)
finish
EOF
status_of() {
    srcdir=$top top_builddir=${program%/ncf} sh fails.sh "$@" >/dev/null 2>&1
}
check "assertions in a pipeline and in a subshell" status_of good good
check "one that fails in a pipeline fails the test" eval '! status_of bad good'
check "one that fails in a subshell fails the test" eval '! status_of good bad'
finish
