#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# man-options.sh: ncf.1 describes exactly the options that the help of the commands lists,
# with the same arguments, and the fields of the result document.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
page=$top/doc/ncf.1

run solve --help
cp out help
for command in certify match flow export info table plot report; do
    run $command --help
    cat out >>help
done
# "  --digits=N   text" -> "digits=N"
sed -n 's/^  --\([a-z-]*=\{0,1\}[A-Z]*\) .*/\1/p' help | sort -u >helped
# ".It Fl -digits Ns = Ns Ar N" -> "digits=N"
sed -n 's/^\.It Fl -\([a-z-]*\)\(.*\)/\1\2/p' "$page" | sed 's/ Ns = Ns Ar /=/' | sort -u >described
check "the help lists options" test -s helped
same_options() { diff helped described >&2; }
check "the page and the help have the same options" same_options

run certify --json "$examples/certify.json" "$examples/certify.csv"
cp out certified
run solve --json "$examples/quickstart.json"
cat certified >>out
sed -n 's/^ *"\([a-z_0-9]*\)": .*/\1/p' out | sort -u | while read -r field; do
    grep -qE "^\.(Cm|It Cm) .*\b$field\b|\"$field\"|dq$field" "$page" || echo "$field"
done >missing
check "the page names every field of a result document" silent missing
cat missing
for word in $(sed -n 's/.*"check": "\(.*\)".*/\1/p; s/.*"second_order": "\(.*\)".*/\1/p' out | sort -u); do
    check "the page explains the word $word" grep -qE "^\.Q[ql] .*$word" "$page"
done
finish
