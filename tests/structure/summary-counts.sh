#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# summary-counts.sh: tests/summary.sh counts right, and nothing that went wrong is lost.
set -u
summary=$(cd "${srcdir:-.}/tests" && pwd)/summary.sh
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 99
broken=0

# cunit NAME VERDICT TESTS PASSED FAILED ASSERTS
cunit() {
    {
        printf '\n     CUnit - A unit testing framework for C - Version 2.1-3\n\n'
        printf 'Run Summary:    Type  Total    Ran Passed Failed Inactive\n'
        printf '              suites      1      1    n/a      0        0\n'
        printf '               tests %6d %6d %6d %6d        0\n' "$3" "$3" "$4" "$5"
        printf '             asserts %6d %6d %6d      0      n/a\n' "$6" "$6" "$6"
    } >"$1.log"
    echo ":test-result: $2" >"$1.trs"
}

# expect FACT LAST-LINE EXIT-STATUS MAKE-STATUS LOG...
expect() {
    what=$1
    line=$2
    code=$3
    shift 3
    last=$(sh "$summary" "$@" 2>&1)
    got=$?
    last=$(printf '%s\n' "$last" | tail -n 1)
    if [ "$last" = "$line" ] && [ $got -eq "$code" ]; then
        echo "ok $what"
    else
        echo "not ok $what: '$last', exit status $got"
        broken=1
    fi
}

cunit good PASS 9 9 0 86
expect "tests of a program are counted" "9 passed, 0 failed" 0 0 good.log
cunit bad FAIL 5 3 2 50
expect "failed tests are counted" "12 passed, 2 failed" 1 2 good.log bad.log
cunit empty FAIL 1 1 0 0
expect "a program that asserts nothing fails" "9 passed, 1 failed" 1 2 good.log empty.log
cunit lying PASS 1 1 0 0
expect "whatever the harness says" "9 passed, 1 failed" 1 0 good.log lying.log
printf '     CUnit - A unit testing framework for C\n  Test: a ...passed\n' >crash.log
echo ':test-result: FAIL' >crash.trs
expect "a crash fails" "9 passed, 1 failed" 1 2 good.log crash.log
expect "a missing log fails" "9 passed, 1 failed" 1 2 good.log nowhere.log
cp good.log notrs.log
expect "a missing verdict fails" "18 passed, 1 failed" 1 2 good.log notrs.log
expect "no CUnit program at all fails" "0 passed, 1 failed" 1 0
expect "a failed make fails" "9 passed, 1 failed" 1 2 good.log
printf 'ok one\nok two\nnot ok three\n' >script.log
echo ':test-result: FAIL' >script.trs
expect "the lines of a script are counted" "11 passed, 1 failed" 1 2 good.log script.log
echo 'no output that counts' >plain.log
echo ':test-result: PASS' >plain.trs
expect "a silent script counts once" "10 passed, 0 failed" 0 0 good.log plain.log
echo ':test-result: FAIL' >plain.trs
expect "a silent failure counts once" "9 passed, 1 failed" 1 2 good.log plain.log
echo 'the tool is not installed' >skip.log
echo ':test-result: SKIP' >skip.trs
expect "a skip counts as neither" "9 passed, 0 failed" 0 0 good.log skip.log
echo ':test-result: ERROR' >skip.trs
expect "a set-up error fails" "9 passed, 1 failed" 1 2 good.log skip.log
exit $broken
