# SPDX-License-Identifier: LGPL-3.0-or-later
# shellcheck shell=sh
# lib.sh: what the tests of the command line share. A test sources it, runs the program
# with `run`, states facts with `check` or `expect`, and ends with `finish`.
set -u
top=$(cd "${srcdir:-.}" && pwd) || exit 99
program=$(cd "${top_builddir:-.}" && pwd)/ncf
[ -x "$program" ] || {
    echo "the program was not built"
    exit 77
}
scratch=$(mktemp -d) || exit 99
failures=$scratch.failures # a file: a variable set in a pipeline or subshell is forgotten
trap 'rm -rf "$scratch" "$failures"' EXIT
cd "$scratch" || exit 99
# shellcheck disable=SC2034
examples=$top/examples

# run ARGUMENT...: standard output to `out`, standard error to `err`, status to $code.
run() {
    "$program" "$@" >out 2>err
    code=$?
}

# check FACT COMMAND...: the command must succeed.
check() {
    fact=$1
    shift
    if "$@"; then
        echo "ok $fact"
    else
        echo "not ok $fact (exit status of ncf: ${code:-none})"
        head -n 5 err 2>/dev/null | sed 's/^/    /'
        echo "$fact" >>"$failures"
    fi
}

status_is() { [ "$code" -eq "$1" ]; }
silent() { [ ! -s "$1" ]; }
one_line() { [ "$(wc -l <err)" -eq 1 ] && grep -q '^ncf: .' err; }
has() { grep -qF -e "$2" "$1"; }

# refused FACT STATUS TEXT: nothing on standard output, one line with TEXT on the other.
refused() {
    status=$2
    text=$3
    check "$1" is_refusal
}

is_refusal() {
    status_is "$status" && silent out && one_line && has err "$text"
}

# Is the file JSON? Without python3 only its ends are looked at.
is_json() {
    if command -v python3 >/dev/null; then
        python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$1"
    else
        [ "$(head -c 1 "$1")" = '{' ] && [ "$(tail -n 1 "$1")" = '}' ]
    fi
}

# The seconds that process $1 has computed for, times 100; 100 where that cannot be seen.
computed() {
    if [ -r /proc/$$/stat ]; then
        sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '{ print $12 + $13 }'
    else
        echo 100
    fi
}

# Waits, on a busy machine longer than elsewhere, until process $1 had half a second for itself.
wait_for_work() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ "$(computed "$1")" -lt 50 ] 2>/dev/null || break
        sleep 0.5
    done
}

finish() {
    [ ! -e "$failures" ]
    exit
}
