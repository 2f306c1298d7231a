#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# plot.sh: pictures of every kind and format, hostile names, and gnuplot missing or failing.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
ln -s "$examples" examples
"$program" solve --json --output=result.json examples/quickstart.json
"$program" match --json --output=match.json examples/match.json examples/match.csv

nothing_new() { [ ! -e new.svg ] && ! ls new.svg.* >/dev/null 2>&1; }

# bad FACT STATUS TEXT ARGUMENT...: refused in one line, and no file appears
bad() {
    fact=$1
    status=$2
    text=$3
    shift 3
    run plot --output=new.svg "$@"
    refused "$fact" "$status" "$text"
    check "$fact: no output file appears" nothing_new
}

printf '{"format": "ncf-result",\n "version": 1,}' >broken.json
printf '{"format": "ncf-result", "version": 1}' >empty.json
bad "no file" 2 "ncf plot takes"
bad "a file that does not exist" 5 "nowhere.json: cannot open" nowhere.json
bad "JSON with a mistake" 3 "broken.json:2:" broken.json
bad "a document without anything to draw" 3 "there is nothing in this document" empty.json
bad "a problem file" 3 'examples/quickstart.json:1:1: the key "format" is missing' \
    examples/quickstart.json
bad "a kind that there is not" 2 "--kind cannot be 'banana'" --kind=banana result.json
bad "a kind without its data" 3 'result.json:1:1: the key "moments" is missing' --kind=angle result.json
bad "a trajectory without its problem" 2 "--problem=FILE must name its problem" examples/match.csv
bad "another problem" 3 "its digest is another" --problem=examples/plane.json result.json
bad "two results" 2 "a picture of this kind shows one document" result.json result.json
sed 's/^60,/61,/' examples/match.csv >other.csv
bad "a trajectory of another document" 3 "not the trajectory of this document" \
    --kind=weights --problem=examples/match.json match.json other.csv
run plot result.json
refused "no name of an output" 2 "needs --output=FILE"
run plot --output=new.jpg result.json
refused "a format that there is not" 2 "needs --output=FILE"

# The script needs no gnuplot, and names no file.
mkdir bin
for tool in ls sed sleep; do
    ln -s "$(command -v $tool)" bin/$tool
done
run_without() {
    PATH=$scratch/bin "$program" "$@" >out 2>err
    code=$?
}
run_without plot --script result.json
check "a script without gnuplot" eval 'status_is 0 && silent err && has out "set terminal svg"'
run_without plot --output=new.svg result.json
refused "gnuplot is missing" 5 "gnuplot is not installed"
check "gnuplot is missing: no output file appears" nothing_new

# Programs in the place of gnuplot.
fake() {
    printf '#!/bin/sh\n%s\n' "$1" >bin/gnuplot
    chmod +x bin/gnuplot
    run_without plot --output=new.svg result.json
}
fake 'echo "  line 7: out of luck" >&2; exit 1'
refused "gnuplot fails" 5 "gnuplot could not draw the picture: out of luck"
fake 'echo rubbish'
refused "gnuplot writes rubbish" 5 "gnuplot could not draw the picture"
fake 'kill -9 $$'
refused "gnuplot is killed" 5 "gnuplot could not draw the picture"
fake 'echo "<?xml version=\"1.0\"?><svg>and then the disk was full"'
refused "half a picture" 5 "gnuplot could not draw the picture"
check "no output file appears" nothing_new
printf '#!/bin/sh\n: >%s\nexec sleep 20\n' "$scratch/drawing" >bin/gnuplot
PATH=$scratch/bin "$program" plot --output=new.svg result.json >out 2>err &
pid=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ ! -e drawing ] || break
    sleep 0.5
done
rm -f drawing
kill -TERM $pid
wait $pid
code=$?
refused "interrupted while gnuplot draws" 4 "interrupted; nothing was written"
check "interrupted: no output file appears" nothing_new
rm bin/gnuplot

command -v gnuplot >/dev/null || {
    echo "gnuplot is not installed: no picture is drawn"
    finish
}

first_bytes() { [ "$(head -c "${#2}" "$1")" = "$2" ]; }
is_svg() {
    first_bytes "$1" "<?xml" && grep -q '</svg>' "$1" &&
        { ! command -v xmllint >/dev/null || xmllint --noout "$1"; }
}

# draws FACT FILE ARGUMENT...
draws() {
    fact=$1
    file=$2
    shift 2
    rm -f "$file"
    run plot --output="$file" "$@"
    check "$fact" eval 'status_is 0 && silent out && silent err && test -s "$file"'
}
draws "profile on the circle" a.svg result.json
check "SVG is well-formed" is_svg a.svg
check "the title says what is drawn" grep -q 'Neural correlation function of one unit' a.svg
check "the caption says what is proved" grep -q 'COMPLETE: all KKT points' a.svg
draws "census" b.png --kind=census result.json
check "PNG" eval 'first_bytes b.png "$(printf "\211PNG")"'
"$program" solve --json --top=1 --output=strict.json examples/quickstart.json
draws "census of strict points alone" b.svg --kind=census strict.json
"$program" certify --json --output=certified.json examples/certify.json examples/certify.csv
draws "census of candidates" b.svg certified.json
draws "training of a trajectory" c.pdf --problem=examples/match.json examples/match.csv
check "PDF" first_bytes c.pdf "%PDF"
draws "training of documents" d.svg match.json match.json
draws "angle" e.svg --kind=angle match.json
check "SVG is well-formed: angle" is_svg e.svg
draws "weights during training" f.svg --kind=weights --problem=examples/match.json match.json \
    examples/match.csv
check "SVG is well-formed: weights" is_svg f.svg
draws "weights of points" g.svg --kind=weights result.json
"$program" solve --json --output=sphere.json examples/quartic.json
draws "profile on the sphere" h.svg sphere.json
check "SVG is well-formed: sphere" is_svg h.svg
printf '{"ncf-study": 1, "grid": {"problem": ["examples/quickstart.json"], "lambda-min": ["1", 7, 9]},
"quantities": ["points", "index_histogram", "complete"]}' >study.json
"$program" table --output=table.json study.json
draws "a quantity of a table" t.svg --quantity=points --against=lambda-min table.json
check "SVG is well-formed: table" is_svg t.svg
check "the table's caption says what is proved" grep -q 'is proved in all cases' t.svg
draws "the census of a table" u.svg --kind=census table.json
check "SVG is well-formed: census of a table" is_svg u.svg
bad "a quantity that there is not" 3 "there is no such quantity" --quantity=dots table.json
bad "a result is no table" 3 "this is no document of" --kind=table result.json
draws "the format by name" i.dat --format=svg result.json
check "SVG under another name" is_svg i.dat
run plot --format=png result.json
check "a picture on standard output" eval 'status_is 0 && first_bytes out "$(printf "\211PNG")"'
run plot --script --output=k.gp result.json
gnuplot -d k.gp >k.svg 2>err
check "the script draws the same picture" eval 'is_svg k.svg && cmp -s k.svg a.svg'

# Text is text: in file names, titles, and names inside of documents.
# shellcheck disable=SC2016
hostile='a'\''b"c`touch pwned`$(touch pwned)\n{Bold @x_1^2}&<b>%s\'
draws "a hostile file name" "$hostile.svg" result.json
check "hostile name: well-formed" is_svg "$hostile.svg"
draws "a hostile title" l.svg --title="$hostile
system('touch pwned')" result.json
check "hostile title: well-formed" is_svg l.svg
check "hostile title: literally" eval "grep -qF 'pwned)\\n{Bold' l.svg && grep -qF '@x_1^2}&amp;&lt;b>%s' l.svg"
cp examples/quickstart.json "$hostile.json"
cp examples/match.json "$hostile-match.json"
cp examples/match.csv "$hostile.csv"
"$program" solve --json --output=m.json "$hostile.json"
draws "a hostile name of a problem" m.svg m.json
check "hostile problem: well-formed" is_svg m.svg
draws "a hostile trajectory" n.svg --kind=angle --problem="$hostile-match.json" "$hostile.csv"
check "hostile trajectory: well-formed" is_svg n.svg
draws "hostile trajectories" o.pdf --problem="$hostile-match.json" "$hostile.csv" "$hostile.csv"
check "nothing was run" test ! -e pwned
finish
