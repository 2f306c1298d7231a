#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# claims.sh: the kinds of claims in the checker, in the page of the format and in the table of
# proofs/theorems/README.md are the same, with the same theorems, and each row of the table names
# theorems with a page, the files that write the claim, the function that the checker calls, and
# tests; a good and a bad sample hold the claim.
set -u
cd "${srcdir:-.}" || exit 99
code=proofs/checker/claims.c
page=doc/ncf-certificate.5
table=proofs/theorems/README.md
samples=proofs/checker/samples
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
# The function that the code names for a kind.
function_of() { sed -n "s/^    { *\"$1\", \"[^\"]*\", \(check_[a-z_]*\) *},\$/\1/p" $code; }

while IFS='|' read -r _ kind theorems producer checker tests rest; do
    kind=$(printf '%s' "$kind" | tr -d ' ')
    [ -z "$rest" ] || fact "the row of $kind has more than five columns"
    for id in $(echo "$theorems" | tr -d ','); do
        grep -q "^# $id:" proofs/theorems/*.md || fact "$kind: there is no page of $id"
    done
    # shellcheck disable=SC2016
    for name in $(printf '%s\n' "$producer $checker $tests" | grep -oE '`[^`]*`' | tr -d '`'); do
        case $name in
        src/*) grep -q "\"$kind\"" "$name" || fact "$name does not write the claim $kind" ;;
        */*) [ -f "$name" ] || fact "the row of $kind names $name, which does not exist" ;;
        esac
    done
    case $producer in
    *'`src/'*) ;;
    ' - ') ! grep -q "\"$kind\"" src/certificate/*.c || fact "a producer of $kind is not named" ;;
    *) fact "the row of $kind names no producer, and has no dash" ;;
    esac
    name=$(function_of "$kind")
    file=$(printf '%s\n' "$checker" | sed -n 's/^ `\(proofs\/checker\/[a-z]*\.c\)`: `\(check_[a-z_]*\)` $/\1 \2/p')
    if [ "${file#* }" = "$name" ]; then
        grep -q "^void $name(" "${file% *}" || fact "${file% *} has no function $name"
    else
        fact "the row of $kind names '${file#* }', not its function $name"
    fi
    case $tests in *'`tests/'*) ;; *) fact "the row of $kind names no test" ;; esac
    for sample in good bad; do
        grep -qF "\"kind\":\"$kind\"" $samples/$sample-*.json ||
            fact "there is no $sample sample with a claim $kind"
    done
done <"${TMPDIR:-/tmp}/claims.$$"
[ $broken -ne 0 ] || echo "ok $(in_code | wc -l) kinds of claims"
exit $broken
