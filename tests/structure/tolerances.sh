#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# tolerances.sh: no proof in certify/ may compare with a decimal tolerance. A proved bound
# has a name and a derivation, a power of two or a radius; "< 1e-9" has neither.
set -u
cd "${srcdir:-.}" || exit 99
code=$(ls src/certify/*.[ch] 2>/dev/null)
[ -n "$code" ] || {
    echo "not ok src/certify is empty"
    exit 1
}
tolerance='[0-9.]+[eE]-[0-9]+'
# shellcheck disable=SC2086
found=$(grep -nE "fabs.*$tolerance|$tolerance.*fabs|[<>]=? *$tolerance|$tolerance *[<>]" $code)
if [ -n "$found" ]; then
    echo "not ok certify/ compares with a decimal tolerance:"
    printf '%s\n' "$found"
    exit 1
fi
echo "ok certify/ compares with no decimal tolerance"
