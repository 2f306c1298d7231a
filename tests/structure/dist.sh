#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# dist.sh: every file under version control is in the tarball.
set -u
top=$(cd "${srcdir:-.}" && pwd) || exit 99
if [ ! -e "$top/.git" ] || ! git -C "$top" ls-files >/dev/null 2>&1; then
    echo "this is not a checkout"
    exit 77
fi
listed=$(cd "${top_builddir:-.}" && unset MAKEFLAGS MFLAGS && ${MAKE:-make} -s print-dist-files) || {
    echo "not ok the list of files to distribute cannot be read"
    exit 1
}
listed=$(printf '%s\n' "$listed" | tr ' ' '\n' | sed -e "s|^$top/||" -e "s|^${srcdir:-.}/||" | sort -u)
broken=0
is_listed() {
    name=$1
    while [ "$name" != . ]; do
        printf '%s\n' "$listed" | grep -qxF -e "$name" && return 0
        name=$(dirname "$name")
    done
    return 1
}
for file in $(git -C "$top" ls-files | grep -vxE '\.git(ignore|attributes)'); do
    is_listed "$file" && continue
    echo "not ok not distributed: $file"
    broken=1
done
[ $broken -ne 0 ] || echo "ok every file under version control is distributed"
exit $broken
