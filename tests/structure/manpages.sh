#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# manpages.sh: the manual pages are free of mandoc's warnings.
set -u
cd "${srcdir:-.}" || exit 99
command -v mandoc >/dev/null || {
    echo "mandoc is not installed"
    exit 77
}
count=0
broken=0
for page in doc/*.[1-8]; do
    [ -f "$page" ] || continue
    count=$((count + 1))
    mandoc -T lint -W warning "$page" && continue
    echo "not ok $page"
    broken=1
done
if [ "$count" -eq 0 ]; then
    echo "not ok there is no manual page"
    exit 1
fi
[ $broken -ne 0 ] || echo "ok $count manual pages"
exit $broken
