#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# options.sh: ncf-check as its users run it: options, exit status, limits, and what it is linked with.
set -u
top=$(cd "${srcdir:-.}" && pwd) || exit 99
program=$(cd "${top_builddir:-.}" && pwd)/ncf-check
samples=$top/proofs/checker/samples
[ -x "$program" ] || {
    echo "the checker was not built"
    exit 77
}
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 99
broken=0

# expect STATUS TEXT ARGUMENT...: the exit status, and a text in what is printed.
expect() {
    status=$1
    text=$2
    shift 2
    "$program" "$@" >out 2>err
    code=$?
    if [ "$code" -eq "$status" ] && cat out err | grep -qF -e "$text"; then
        echo "ok ncf-check $*"
    else
        echo "not ok ncf-check $*: status $code, not $status with '$text'"
        sed 's/^/    /' out err
        broken=1
    fi
}

fact() {
    if [ "$2" -eq 0 ]; then
        echo "ok $1"
    else
        echo "not ok $1"
        broken=1
    fi
}

good=$samples/good-two-layer.json
expect 0 "VERIFIED $good (14 claims)" "$good"
expect 0 "VERIFIED - (14 claims)" - <"$good"
expect 0 "1 statement is listed as unproved" "$samples/good-deep-points.json"
expect 1 "REJECTED $samples/bad-label.json: " "$samples/bad-label.json"
expect 0 "Usage: ncf-check" --help
expect 0 "GMP" --version
expect 2 "one certificate is expected"
expect 2 "one certificate is expected" "$good" "$good"
expect 2 "--frob" --frob "$good"
expect 2 "without its argument" "$good" --problem
expect 2 "is not a positive number: 0" --limit-work=0 "$good"
expect 2 "is not a positive number: 9x" --limit-memory=9x "$good"
expect 2 "is not a positive number: -1" --limit-bits=-1 "$good"
expect 5 "none.json: No such file" none.json
expect 5 "Is a directory" .
head -c 3000000 /dev/zero | tr '\000' ' ' >blank.json
expect 4 "--limit-memory" --limit-memory=1 blank.json
nines=$(head -c 90000 /dev/zero | tr '\000' 9)
{
    printf '{"network":{"type":"feedforward","widths":[1,1]},"data":{"y":["1"],"x":[["%s"]' "$nines"
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do printf ',["%s"]' "$nines"; done
    echo ']}}'
} | sed 's/"y":\["1"\]/"y":["1",1,1,1,1,1,1,1,1,1,1,1,1]/' >nines.json
expect 4 "--limit-work" --limit-work=1 --problem=nines.json "$good"
expect 4 "--limit-bits" --limit-bits=79 "$good"
printf '{"claims":[%0200000d]}' 0 >long.json
expect 3 "long.json:1:12: an integer without leading zeros" long.json
expect 0 VERIFIED --problem="$top/examples/quickstart.json" "$good"
expect 0 VERIFIED --problem="$samples/problem.json" "$samples/good-digest.json"
expect 2 "use --problem" "$samples/good-digest.json"
expect 1 "is not that of the file" --problem="$top/examples/quartic.json" "$good"
expect 1 "the digest of the problem" --problem="$top/examples/quartic.json" "$samples/good-digest.json"
expect 3 "csv.json:" --problem="$top/examples/csv.json" "$good"

# The example of the page of the format.
sed -n '/^\.Sh EXAMPLES/,/^\.Ed/p' "$top/doc/ncf-certificate.5" | sed '1,/^\.Bd/d; /^\.Ed/d' >example.json
expect 0 "(3 claims; 1 statement is listed" example.json

"$program" --quiet "$good" >out 2>err
fact "--quiet prints nothing" "$([ ! -s out ] && [ ! -s err ]; echo $?)"
if [ -w /dev/full ]; then
    "$program" "$good" >/dev/full 2>err
    fact "a full device is a system failure" "$([ $? -eq 5 ]; echo $?)"
fi
# The options of the page and of the help are the same.
"$program" --help | sed -n 's/^  --\([a-z-]*\).*/\1/p' | sort >helped
sed -n '/^\.Sh DESC/,$s/^\.It Fl -\([a-z-]*\).*/\1/p' "$top/doc/ncf-check.1" >described
printf 'version\n' >>described
sort -o described described
diff helped described >&2
fact "the page and the help have the same options" $?
if command -v ldd >/dev/null; then
    ldd "$program" 2>/dev/null >libraries
    # The sanitizers need libm for themselves.
    grep -q libasan libraries && sed -i '/libm\./d' libraries
    grep -E 'libncf|flint|arb|mpfr|lapack|sundials|jansson|libm\.' libraries >linked
    fact "the program is linked with GMP and the C library only" "$([ ! -s linked ]; echo $?)"
fi
exit $broken
