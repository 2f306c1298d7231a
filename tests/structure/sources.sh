#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# sources.sh: every source names its licence, scripts pass shellcheck, and file names are
# unique in src/, so that a name in a message or a comment means one file.
set -u
cd "${srcdir:-.}" || exit 99
broken=0

fact() {
    echo "not ok $*"
    broken=1
}

scripts=$(find bootstrap .ci tests examples bench -type f \( -name '*.sh' -o -name bootstrap -o -name run \))
[ -n "$scripts" ] || fact "no script was found"
for file in $(find src tests include bench examples proofs/checker -name '*.[ch]') $scripts; do
    head -n 3 "$file" | grep -q 'SPDX-License-Identifier: ' || fact "$file names no licence"
done
for name in $(find src -name '*.c' | sed 's|.*/||' | sort | uniq -d); do
    fact "two files of src/ are called $name"
done
if command -v shellcheck >/dev/null; then
    # shellcheck disable=SC2086
    shellcheck -S warning $scripts || fact "shellcheck has remarks"
fi
[ $broken -ne 0 ] || echo "ok licence lines, scripts and file names"
exit $broken
