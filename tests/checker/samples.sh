#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# samples.sh: every sample of proofs/checker/samples ends as its README says: with the exit status,
# and with the text in the message. The folder holds no other file.
set -u
samples=$(cd "${srcdir:-.}" && pwd)/proofs/checker/samples || exit 99
program=$(cd "${top_builddir:-.}" && pwd)/ncf-check
[ -x "$program" ] || {
    echo "the checker was not built"
    exit 77
}
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
cd "$samples" || exit 99
broken=0
# "FILE STATUS TEXT", one line a sample
sed -n 's/^| `\([a-z0-9-]*\.json\)` | \([0-9]\) | \([^|]*\) |.*/\1 \2 \3/p' README.md | tr -d '`' |
    sed 's/ *$//' >"$scratch/table"
while read -r file status text; do
    problem=
    case $file in *digest*) problem=--problem=problem.json ;; esac
    # shellcheck disable=SC2086
    "$program" $problem "$file" >"$scratch/out" 2>&1
    code=$?
    if [ "$code" -eq "$status" ] && [ "$(wc -l <"$scratch/out")" -eq 1 ] &&
        grep -qF -e "$text" "$scratch/out"; then
        echo "ok $file"
    else
        echo "not ok $file: status $code, not $status with '$text':"
        sed 's/^/    /' "$scratch/out"
        broken=1
    fi
done <"$scratch/table"
for file in *.json; do
    [ "$file" = problem.json ] || grep -q "^$file " "$scratch/table" || {
        echo "not ok $file is not explained in README.md"
        broken=1
    }
done
[ "$(wc -l <"$scratch/table")" -ge 11 ] || {
    echo "not ok the table of README.md was not read"
    broken=1
}
exit $broken
