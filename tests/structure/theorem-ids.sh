#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# theorem-ids.sh: every theorem id that the code names has a page in proofs/theorems, every
# page is in its table, and the table names files that exist.
set -u
cd "${srcdir:-.}" || exit 99
pages=proofs/theorems
table=$pages/README.md
broken=0

fact() {
    echo "not ok $*"
    broken=1
}

[ -r "$table" ] || {
    echo "not ok $table is missing"
    exit 1
}

# A page defines the id in its first heading: "# T-NAME: title".
defined=$(sed -n 's/^# \(T-[A-Z0-9-]*\):.*/\1/p' "$pages"/*.md | sort)
named=$(grep -rhoE '\bT-[A-Z][A-Z0-9]{2,}(-[A-Z0-9]+)*' src include tests/unit proofs/checker | sort -u)
listed=$(sed -n 's/^| \(T-[A-Z0-9-]*\) |.*/\1/p' "$table" | sort)

[ -n "$named" ] || fact "no theorem id was found in src/"
for id in $named; do
    printf '%s\n' "$defined" | grep -qxF -e "$id" || fact "the code names $id, which has no page"
done
for id in $(printf '%s\n' "$defined" | uniq -d); do
    fact "two pages define $id"
done
for page in "$pages"/*.md; do
    [ "$page" = "$table" ] && continue
    id=$(sed -n '1s/^# \(T-[A-Z0-9-]*\):.*/\1/p' "$page")
    [ -n "$id" ] || fact "$page does not begin with '# T-NAME: title'"
    grep -qF "| $id | [${page##*/}](${page##*/}) |" "$table" || fact "$page has no row in $table"
done
[ "$listed" = "$defined" ] || fact "the ids of the table and of the pages differ"
# shellcheck disable=SC2016
for file in $(grep '^| T-' "$table" | grep -oE '`[a-z]+/[^`]*`' | tr -d '`' | sort -u); do
    [ -e "$file" ] || fact "the table names $file, which does not exist"
done
[ $broken -ne 0 ] || echo "ok $(printf '%s\n' "$defined" | wc -l) theorem pages match the code"
exit $broken
