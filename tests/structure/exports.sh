#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# exports.sh: the shared library exports the functions that ncf.h declares, nothing else.
set -u
library=${NCF_TEST_LIBRARY:-${top_builddir:-.}/.libs/libncf.so}
header=${srcdir:-.}/include/ncf.h
[ -e "$library" ] || {
    echo "no shared library was built"
    exit 77
}
command -v nm >/dev/null || {
    echo "nm is not installed"
    exit 77
}
exported=$(nm -D --defined-only "$library" | awk '{ print $NF }' | sed 's/@.*//' |
    grep -vxE '_init|_fini|_edata|_end|__bss_start' | sort -u)
declared=$(grep -vE '^[[:space:]]*(#|\*|/\*)' "$header" | tr '\n' ' ' |
    grep -oE 'NCF_API [^;]*' | grep -oE 'ncf_[a-z0-9_]+ *\(' | tr -d ' (' | sort -u)
broken=0
foreign=$(printf '%s\n' "$exported" | grep -vE '^ncf_[^_]')
if [ -n "$foreign" ]; then
    echo "not ok exported without the public prefix:" "$foreign"
    broken=1
fi
for name in $exported; do
    printf '%s\n' "$declared" | grep -qxF "$name" && continue
    echo "not ok exported but not declared in ncf.h: $name"
    broken=1
done
for name in $declared; do
    printf '%s\n' "$exported" | grep -qxF "$name" && continue
    echo "not ok declared in ncf.h but not exported: $name"
    broken=1
done
[ -n "$exported" ] || {
    echo "not ok nothing is exported"
    broken=1
}
[ $broken -ne 0 ] || echo "ok $(printf '%s\n' "$exported" | wc -l) public functions are exported"
exit $broken
