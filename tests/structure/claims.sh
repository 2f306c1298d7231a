#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# claims.sh: the kinds of claims in the checker, in the page of the format and in the table of
# proofs/theorems/README.md are the same, with the same theorems, and the table names functions
# and files that exist.
set -u
cd "${srcdir:-.}" || exit 99
code=proofs/checker/claims.c
page=doc/ncf-certificate.5
table=proofs/theorems/README.md
broken=0

fact() {
    echo "not ok $*"
    broken=1
}

# "kind THEOREM THEOREM", one line a kind
in_code() {
    sed -n 's/^    { *"\([a-z-]*\)", "\([A-Z -]*\)", check_[a-z_]* *},$/\1 \2/p' $code | sort
}

rows=$(sed -n '/^## Claims of certificates/,$p' $table | grep '^| [a-z]' | grep -v '^| kind ')

in_table() {
    printf '%s\n' "$rows" | sed 's/^| \([a-z-]*\) | \([^|]*\) |.*/\1 \2/; s/,//g; s/ *$//' | sort
}

in_page() {
    sed -n 's/^\.Ss \([a-z-]*\).*(\(T-[A-Z, -]*\))$/\1 \2/p' $page | sed 's/,//g' | sort -u
}

[ -n "$(in_code)" ] || fact "no kind of claims was found in $code"
for list in table page; do
    other=$(in_$list)
    [ "$(in_code)" = "$other" ] && continue
    fact "the kinds or theorems of $code and of the $list differ:"
    { in_code; printf '%s\n' "$other"; } | sort | uniq -u
done
printf '%s\n' "$rows" >"${TMPDIR:-/tmp}/claims.$$" || exit 99
trap 'rm -f "${TMPDIR:-/tmp}/claims.$$"' EXIT
while IFS='|' read -r _ kind _ producer checker tests; do
    # shellcheck disable=SC2016
    for name in $(printf '%s\n' "$producer $checker $tests" | grep -oE '`[^`]*`' | tr -d '`'); do
        case $name in
        src/*)
            kind_name=$(printf '%s' "$kind" | tr -d ' ')
            grep -q "\"$kind_name\"" "$name" || fact "$name does not write the claim $kind_name" ;;
        */*) [ -f "$name" ] || fact "the row of$kind names $name, which does not exist" ;;
        *)
            file=$(printf '%s\n' "$checker" | sed 's/[^`]*`\([^`]*\)`.*/\1/')
            grep -q "^void $name(" "$file" || fact "$file has no function $name"
            grep -q ", $name *},$" $code || fact "$code does not use $name"
            ;;
        esac
    done
done <"${TMPDIR:-/tmp}/claims.$$"
[ $broken -ne 0 ] || echo "ok $(in_code | wc -l) kinds of claims"
exit $broken
