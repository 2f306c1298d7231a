#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# size.sh: no function is longer than 80 lines. long-functions.txt names the exceptions,
# one "FILE FUNCTION" a line; an exception that is no longer needed fails too.
set -u
limit=80
cd "${srcdir:-.}" || exit 99
command -v pmccabe >/dev/null || {
    echo "pmccabe is not installed"
    exit 77
}
exceptions=tests/structure/long-functions.txt
[ -r "$exceptions" ] || exit 99

# pmccabe writes tab-separated: ..., field 5 the number of lines, field 6 "FILE(LINE): NAME".
long_functions() {
    find src tests bench proofs/checker -name '*.[ch]' -exec pmccabe {} + |
        awk -F '\t' -v limit="$limit" '$5 > limit {
            split($6, part, /\([0-9]+\): /); print part[1], part[2] }' | sort -u
}

measured=$(find src tests proofs/checker -name '*.c' -exec pmccabe {} + | wc -l)
if [ "$measured" -eq 0 ]; then
    echo "not ok pmccabe found no function"
    exit 1
fi
list=$(long_functions)
broken=0
for entry in $(printf '%s\n' "$list" | tr ' ' ':'); do
    grep -qxF "$(printf '%s' "$entry" | tr ':' ' ')" "$exceptions" && continue
    echo "not ok longer than $limit lines: $entry"
    broken=1
done
for entry in $(grep -v '^#' "$exceptions" | tr ' ' ':'); do
    printf '%s\n' "$list" | tr ' ' ':' | grep -qxF "$entry" && continue
    echo "not ok not an exception any more: $entry"
    broken=1
done
[ $broken -ne 0 ] || echo "ok $measured functions, none longer than $limit lines"
exit $broken
