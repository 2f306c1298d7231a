#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# report.sh: reports are well-formed, hold what the documents say, and need nothing else.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
ln -s "$examples" examples
"$program" solve --json --lambda-min=6 --output=result.json examples/quickstart.json
"$program" match --json --output=match.json examples/match.json examples/match.csv
"$program" certify --json --output=certify.json examples/certify.json examples/certify.csv

is_page() {
    grep -q '^</html>$' "$1" && { ! command -v xmllint >/dev/null || xmllint --noout "$1"; }
}
# Nothing is fetched, run or sent: no address but that of the data themselves.
is_closed() {
    ! grep -qiE '<(script|link|iframe|object|form|base|a) |javascript:|@import' "$1" &&
        ! grep -oiE '( src=| href=|url\()[^>]{0,12}' "$1" | grep -qv ' src="data:image/'
}

run report --no-pictures --output=page.html result.json match.json certify.json
check "tables alone" eval 'status_is 0 && silent out && silent err'
check "well-formed" is_page page.html
check "needs nothing else" is_closed page.html
for text in '<strong>COMPLETE</strong> all KKT points with lambda &gt;= 6 are known.' \
    '<strong>MATCHED</strong>' '<strong>PROVED 5</strong> of 5 candidates' \
    'T-MATRIX' '14.32088118' "$(sha256sum result.json | cut -c 1-64)" \
    'lambda-min=6 ' 'ncf certify --json' 'Audit' 'Critical lines' 'Moments'; do
    check "the page has: $text" has page.html "$text"
done

# The command of a document makes the same document again, but for the time that it took.
sed -n 's/.*<th scope="row">command[a-z, ]*<.th><td><code>\(.*\)<.code>.*/\1/p' page.html >commands
count=0
while read -r line; do
    set -- result.json match.json certify.json
    shift $count
    # shellcheck disable=SC2086
    set -- "$1" $line
    document=$1
    shift 2
    run "$@"
    grep -v '"seconds"' out >again
    grep -v '"seconds"' "$document" >before
    check "the command of $document" cmp -s before again
    count=$((count + 1))
done <commands
check "each document has a command" test "$count" -eq 3

# Text is text.
hostile='<img onerror=x>&amp;"'\''<script>alert(1)<script>`pwned`
x'
cp examples/quickstart.json "$hostile.json"
"$program" solve --json --output="$hostile-result" "$hostile.json"
run report --no-pictures --title="$hostile" --output=hostile.html "$hostile-result"
check "hostile names: a page" eval 'status_is 0 && is_page hostile.html'
check "hostile names: needs nothing else" is_closed hostile.html

printf '{"format": "ncf-result", "version": 1}' >empty.json
run report --no-pictures --output=empty.html empty.json
check "a document without anything: a page" eval 'status_is 0 && is_page empty.html'
printf '{"format": "ncf-result",' >broken.json
run report --output=new.html result.json broken.json
refused "JSON with a mistake" 3 "broken.json:1:"
check "no output file appears" test ! -e new.html
printf '{"format": "ncf-table", "version": 1}' >table.json
run report --output=new.html table.json
refused "a table is no result" 3 "a table has no report"
run report
refused "no file" 2 "ncf report takes"

if command -v gnuplot >/dev/null; then
    run report --output=pictures.html result.json match.json
    check "with pictures" eval 'status_is 0 && silent err && is_page pictures.html'
    check "pictures are in the page" \
        eval 'test "$(grep -o "<img alt=\"[^\"]*\" src=\"data:image/svg+xml;base64," pictures.html | wc -l)" -eq 6'
    check "with pictures: needs nothing else" is_closed pictures.html
    sed -n '0,/base64,/s/.*base64,\([^"]*\)".*/\1/p' pictures.html | base64 -d >picture.svg
    check "a picture in the page is an SVG" \
        eval 'grep -q "</svg>" picture.svg && { ! command -v xmllint >/dev/null || xmllint --noout picture.svg; }'
else
    mv page.html pictures.html
    echo "gnuplot is not installed: pictures are not tested"
fi

browser=$(command -v chromium || command -v chromium-browser)
if [ -n "$browser" ]; then
    HOME=$scratch timeout 100 "$browser" --headless --no-sandbox --disable-gpu \
        --user-data-dir="$scratch/profile" --no-pdf-header-footer \
        --print-to-pdf="$scratch/page.pdf" "file://$scratch/pictures.html" >browser.log 2>&1
    check "a browser prints it" test -s page.pdf
else
    echo "chromium is not installed: printing is not tested"
fi
finish
