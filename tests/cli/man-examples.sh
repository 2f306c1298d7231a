#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# man-examples.sh: every command under EXAMPLES in ncf.1 and in the help runs and succeeds.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
mkdir bin
# The commands say "ncf" and name files of examples/.
printf '#!/bin/sh\nexec "%s" "$@"\n' "$program" >bin/ncf
chmod +x bin/ncf
PATH=$scratch/bin:$PATH
export PATH
ln -s "$examples" examples
cp "$examples/quickstart.json" problem.json

# Reads commands, one a line; pictures only where gnuplot is.
run_all() {
    count=0
    while read -r line; do
        case $line in
        *"ncf plot "* | *"ncf report "*) command -v gnuplot >/dev/null || continue ;;
        esac
        sh -c "$line" >out 2>err </dev/null
        code=$?
        check "$line" status_is 0
        count=$((count + 1))
    done
    check "there are examples" test "$count" -gt 0
}

sed -n '/^\.Sh EXAMPLES/,/^\.Sh DIAGNOSTICS/s/^\.Dl //p' "$top/doc/ncf.1" >commands
run_all <commands
check "the example with --output wrote a document" is_json result.json
for command in solve certify match flow export info table plot report; do
    "$program" $command --help | sed -n '/^Examples:/,$s/^  //p' >commands
    run_all <commands
done
"$program" --help | sed -n 's/^A first example: //p' >commands
run_all <commands
finish
