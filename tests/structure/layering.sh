#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# layering.sh: which folder of src/ may include which. The order is the dataflow of
# doc/architecture.md; that certify/ never sees solve/ is the trust boundary.
set -u
cd "${srcdir:-.}" || exit 99
broken=0

fact() {
    echo "not ok $*"
    broken=1
}

# The folders that a folder may include besides itself.
allowed() {
    case $1 in
    base) ;;
    problem) echo base ;;
    network) echo base problem ;;
    flow) echo base problem network ;;
    corr) echo base problem network ;;
    export) echo base problem network corr ;;
    kkt) echo base problem network corr ;;
    solve) echo base ;;
    certify) echo base problem network corr kkt ;;
    pipeline) echo base problem network flow corr kkt solve certify ;;
    report) echo base problem network corr kkt certify pipeline ;;
    certificate) echo base problem network corr kkt certify pipeline ;;
    plot) echo base problem ;;
    api) echo base problem network flow corr export kkt solve certify pipeline report certificate plot ;;
    study) echo base problem network kkt certify pipeline ;;
    cli) ;;
    *) return 1 ;;
    esac
}

quoted_includes() {
    sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' "$1"
}

# One include line of FILE in FOLDER: the text between the quotes.
check_quoted() {
    case $3 in
    ncf.h) return ;;
    config.h) return ;;
    ../*/*)
        target=${3#../}
        target=${target%%/*}
        [ "$target" != "$2" ] || return
        case " $(allowed "$2") " in
        *" $target "*) ;;
        *) fact "$1 includes $3, but $2/ may not include $target/" ;;
        esac
        [ -f "src/${3#../}" ] || fact "$1 includes $3, which does not exist"
        ;;
    *) [ -f "src/$2/$3" ] || fact "$1 includes $3, which is not in src/$2" ;;
    esac
}

check_folder() {
    folder=$1
    for file in src/"$folder"/*.[ch]; do
        [ -f "$file" ] || continue
        for name in $(quoted_includes "$file"); do
            check_quoted "$file" "$folder" "$name"
        done
    done
}

count=0
for path in src/*/; do
    path=${path#src/}
    allowed "${path%/}" >/dev/null || fact "src/$path is not in the table of layering.sh"
    check_folder "${path%/}"
    count=$((count + 1))
done
[ "$count" -gt 0 ] || fact "no folder of src/ was found"
[ $broken -ne 0 ] || echo "ok every include follows the order of the folders"

# FLINT 2.9 and FLINT 3 differ in one file only.
stray=$(grep -lE '#[[:space:]]*include[[:space:]]*<(flint/|arb|acb|arf|mag)|__FLINT_(RELEASE|VERSION)' \
    src/*/*.[ch] | grep -vxF src/base/compat.h)
if [ -n "$stray" ]; then
    fact "FLINT is named outside src/base/compat.h:" "$stray"
else
    echo "ok only compat.h knows the headers of FLINT"
fi

# SUNDIALS 6 and SUNDIALS 7 differ in one file only.
stray=$(grep -lE '#[[:space:]]*include[[:space:]]*<(sundials|cvode|arkode|nvector|sunmatrix|sunlinsol|sunnonlinsol)/|SUNDIALS_VERSION' \
    src/*/*.[ch] | grep -vxF src/flow/sundials.h)
if [ -n "$stray" ]; then
    fact "SUNDIALS is named outside src/flow/sundials.h:" "$stray"
else
    echo "ok only sundials.h knows the headers of SUNDIALS"
fi
# The flags that these headers may need are given to src/flow/ alone.
stray=$(grep -lE '#[[:space:]]*include[[:space:]]*"([^"]*/)?sundials\.h"' src/*/*.[ch] | grep -v '^src/flow/')
if [ -n "$stray" ]; then
    fact "sundials.h is included outside src/flow/:" "$stray"
else
    echo "ok only flow/ includes sundials.h"
fi

# A user of ncf.h needs no header of another library.
stray=$(sed -n 's/^#include <\(.*\)>.*/\1/p' include/ncf.h |
    grep -vxE 'signal\.h|stddef\.h|stdint\.h|stdio\.h')
if [ -n "$stray" ] || grep -q '^#include "' include/ncf.h; then
    fact "include/ncf.h includes more than the C library:" "$stray"
else
    echo "ok ncf.h includes the C library only"
fi

# The checker of certificates is on its own: its header, GMP and the C library, and nothing that
# computes in floating point.
checker=proofs/checker
stray=$(sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*\([<"].*\)/\1/p' $checker/*.[ch] |
    grep -vxE '"check\.h"|<(errno|getopt|gmp|setjmp|stdarg|stddef|stdint|stdio|stdlib|string)\.h>')
[ -f $checker/check.h ] || fact "$checker/check.h is missing"
if [ -n "$stray" ]; then
    fact "the checker includes more than GMP and the C library:" "$stray"
else
    echo "ok the checker includes GMP and the C library only"
fi
stray=$(grep -nE '\b(float|double|mpf_[a-z]+|mp[zq]_(get|set)_d|strtod|atof|sqrt|pow)\b' $checker/*.[ch])
if [ -n "$stray" ]; then
    fact "the checker uses floating-point numbers:" "$stray"
else
    echo "ok the checker has no floating-point numbers"
fi
stray=$(grep -nE '^(ncf_check|proofs_checker_libcheck_la)_(LDADD|LIBADD|SOURCES)' $checker/local.mk |
    grep -E 'libncf|src/|arb|flint|mpfr')
[ -z "$stray" ] || fact "the checker is linked with the library:" "$stray"
exit $broken
