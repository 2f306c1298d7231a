#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# memcheck.sh PROGRAM...: runs each program of the build folder under valgrind with a tenth
# of the random cases. An invalid access, a use of undefined values or a lost block fails;
# valgrind itself would return the program's status. `make check-memory` runs it on all
# CUnit programs.
set -u
command -v valgrind >/dev/null || {
    echo "valgrind is not installed"
    exit 77
}
[ $# -gt 0 ] || {
    echo "usage: memcheck.sh PROGRAM..."
    exit 99
}
broken=0
for program in "$@"; do
    log=$program.memcheck
    NCF_TEST_MULT=${NCF_TEST_MULT:-0.1} ./libtool --mode=execute valgrind -q \
        --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
        --show-leak-kinds=definite --log-file="$log" "$program" >"$log.out" 2>&1
    code=$?
    if [ $code -eq 0 ]; then
        echo "ok $program"
    else
        echo "not ok $program (exit status $code)"
        sed 's/^/    /' "$log" | head -n 60
        broken=1
    fi
done
exit $broken
