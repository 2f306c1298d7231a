#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# summary.sh MAKE-STATUS LOG...: adds up what the tests of a `make check` did, from the
# .log and .trs files that Automake's harness leaves in the current folder tree.
#
# A CUnit program counts its tests; a script counts its lines "ok ..." and "not ok ...",
# or one when it writes none. One failure is added for a log that is missing, a program
# that crashed, failed or asserted nothing without a failed test to show for it, and
# for a make that failed when every test passed. The last line printed is
# "N passed, N failed"; the exit status is 0 only if nothing failed.
set -u

make_status=$1
shift
passed=0
failed=0
skipped=0
programs=0

# Column k of a row of CUnit's summary table: total, ran, passed, failed.
cunit_row() {
    awk -v row="$2" -v column="$3" '$1 == row { value = $(column + 1) } END { print value + 0 }' "$1"
}

is_cunit_log() {
    grep -q '^ *CUnit - A unit testing framework' "$1"
}

# Sets good and bad to what the program's own output says.
read_counts() {
    if is_cunit_log "$1"; then
        good=$(cunit_row "$1" tests 3)
        bad=$(cunit_row "$1" tests 4)
        programs=$((programs + 1))
        asserts=$(cunit_row "$1" asserts 1)
        [ "$asserts" -gt 0 ] || { good=0 && [ "$bad" -gt 0 ] || bad=1; }
    else
        good=$(grep -c '^ok ' "$1")
        bad=$(grep -c '^not ok ' "$1")
    fi
}

# Brings the counts together with the verdict of the harness.
count_test() {
    log=$1
    result=$(sed -n 's/^:test-result: *\([A-Z]*\).*/\1/p' "${log%.log}.trs" 2>/dev/null)
    good=0
    bad=0
    if [ -f "$log" ]; then
        read_counts "$log"
    fi
    case $result in
    PASS | XFAIL) [ $((good + bad)) -gt 0 ] || good=1 ;;
    SKIP) skipped=$((skipped + 1)) && echo "skipped: ${log%.log}: $(sed -n 1p "$log")" ;;
    *) [ "$bad" -gt 0 ] || bad=1 ;;
    esac
    if [ "$bad" -gt 0 ]; then
        echo "failed: ${log%.log} (${result:-did not run}), $good passed, $bad failed"
        [ ! -f "$log" ] || tail -n 30 "$log" | sed 's/^/    /'
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
}

for log in "$@"; do
    count_test "$log"
done
if [ "$programs" -eq 0 ]; then
    echo "failed: no CUnit program ran"
    failed=$((failed + 1))
fi
if [ "$make_status" -ne 0 ] && [ "$failed" -eq 0 ]; then
    echo "failed: make check ended with status $make_status"
    failed=1
fi
echo "$# test programs and scripts, $programs of them CUnit programs, $skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
