#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# version.sh: configure.ac holds the version number; ncf.h and the change log repeat it.
set -u
cd "${srcdir:-.}" || exit 99
broken=0

compare() {
    if [ "$2" = "$3" ]; then
        echo "ok $1 is $2"
    else
        echo "not ok $1 is '$2', configure.ac says '$3'"
        broken=1
    fi
}

number() {
    sed -n "s/^#define NCF_VERSION_$1 \\([0-9]*\\)\$/\\1/p" include/ncf.h
}

version=$(sed -n 's/^AC_INIT(\[ncf\], \[\([^]]*\)\].*/\1/p' configure.ac)
[ -n "$version" ] || {
    echo "not ok configure.ac holds no version number"
    exit 1
}
text=$(sed -n 's/^#define NCF_VERSION "\(.*\)"$/\1/p' include/ncf.h)
compare NCF_VERSION "$text" "$version"
compare "the version in parts" "$(number MAJOR).$(number MINOR).$(number PATCH)" "$version"
# Between releases the newest section of the change log is "Unreleased".
newest=$(sed -n 's/^## \[\([^]]*\)\].*/\1/p' CHANGELOG.md | sed -n 1p)
[ "$newest" = Unreleased ] || compare "the newest section of CHANGELOG.md" "$newest" "$version"
exit $broken
