#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# guards.sh: the structure tests can fail. Each case breaks one rule in a copy of the tree
# and expects the test that guards the rule to say so.
set -u
tests=$(cd "${srcdir:-.}" && pwd) || exit 99
scratch=$(mktemp -d) || exit 99
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
broken=0

fresh_copy() {
    chmod -R u+w "$scratch"
    rm -rf "$scratch/tree"
    mkdir "$scratch/tree"
    (cd "$tests" && cp -r src include tests bench examples proofs doc bootstrap .ci configure.ac \
        CHANGELOG.md "$scratch/tree") && chmod -R u+w "$scratch/tree"
}

# must_fail SCRIPT FACT TEXT: after a mutation, SCRIPT must fail and its output name TEXT.
must_fail() {
    fails "$@"
    fresh_copy || exit 99
}

# The same, and the tree stays as it is.
fails() {
    srcdir=$scratch/tree NCF_TEST_LIBRARY=$scratch/libleak.so \
        sh "$tests/tests/structure/$1" >"$scratch/out" 2>&1
    code=$?
    if [ $code -eq 77 ]; then
        echo "skipped: $2 ($(sed -n 1p "$scratch/out"))"
    elif [ $code -eq 1 ] && grep -q -e "$3" "$scratch/out"; then
        echo "ok $1 notices: $2"
    else
        echo "not ok $1 did not notice: $2 (exit status $code)"
        broken=1
    fi
}

fresh_copy || exit 99
cd "$scratch" || exit 99

echo '#include "../solve/homotopy.h"' >>tree/src/certify/eigen.h
must_fail layering.sh "certify/ includes solve/" "may not include solve/"
echo '#include "../pipeline/none.h"' >>tree/src/base/base.h
must_fail layering.sh "base/ includes a later folder" "may not include pipeline/"
echo '#include <flint/fmpz.h>' >>tree/src/api/version.c
must_fail layering.sh "a FLINT header outside compat.h" "api/version.c"
echo '#include <cvode/cvode.h>' >>tree/src/flow/flow.c
must_fail layering.sh "a SUNDIALS header outside sundials.h" "flow/flow.c"
echo '#include "../flow/sundials.h"' >>tree/src/api/version.c
must_fail layering.sh "sundials.h, which needs flags of its own, outside flow/" "api/version.c"
echo '#include "../flow/flow.h"' >>tree/src/certify/point.h
must_fail layering.sh "certify/ includes flow/" "may not include flow/"
mkdir tree/src/novel && touch tree/src/novel/novel.h
must_fail layering.sh "a folder that is not in the table" "src/novel/ is not"
echo '#include <gmp.h>' >>tree/include/ncf.h
must_fail layering.sh "ncf.h needs GMP" "gmp.h"
echo '#include "../../src/base/base.h"' >>tree/proofs/checker/ball.c
must_fail layering.sh "the checker includes the library" "src/base/base.h"
echo 'double x;' >>tree/proofs/checker/ball.c
must_fail layering.sh "floating point in the checker" "floating-point"
sed '/^| rank |/d' tree/proofs/theorems/README.md >table && mv table tree/proofs/theorems/README.md
must_fail claims.sh "a kind of claims that is not in the table" "rank"
sed 's/check_orbit`/check_nothing`/' tree/proofs/theorems/README.md >table &&
    mv table tree/proofs/theorems/README.md
must_fail claims.sh "a checker function that does not exist" "check_nothing"

# row EDIT FACT TEXT: the row of basin in the table of claims, changed
row() {
    sed "/^| basin /$1" tree/proofs/theorems/README.md >table &&
        mv table tree/proofs/theorems/README.md
    fails claims.sh "$2" "$3"
    cp "$tests/proofs/theorems/README.md" tree/proofs/theorems/README.md
}
row 's/T-SMALLCAP/T-CAP/' "another theorem" "T-SMALLCAP"
row 's/`src[^`]*`/-/' "a producer that is not named" "a producer of basin"
row 's/`src[^`]*`//' "no producer" "names no producer"
row 's/`src[^`]*`/`src\/certificate\/assemble.c`/' "a file that does not write the claim" "does not write"
row 's/`check_basin`//' "no function" "not its function"
row 's/cap.c`: `check_basin`/rank.c`: `check_rank`/' "the function of another kind" "check_rank"
row 's/`tests[^|]*|/|/' "no test" "names no test"
row 's/mutate.c/mutant.c/' "a test that does not exist" "mutant.c"
rm tree/proofs/theorems/small-cap.md
must_fail claims.sh "a theorem without a page" "no page of T-SMALLCAP"
rm tree/proofs/checker/samples/good-*.json
must_fail claims.sh "no sample" "no good sample"
sed '/^\.Ss basin/d' tree/doc/ncf-certificate.5 >page && mv page tree/doc/ncf-certificate.5
must_fail claims.sh "a kind of claims that the format does not describe" "basin"

{
    echo '/* SPDX-License-Identifier: LGPL-3.0-or-later */'
    echo 'int long_one(int x)'
    echo '{'
    i=0
    while [ $i -lt 80 ]; do
        echo '    x++;'
        i=$((i + 1))
    done
    echo '    return x;'
    echo '}'
} >tree/src/base/long.c
must_fail size.sh "a function of 84 lines" "long_one"
echo 'src/base/error.c record' >>tree/tests/structure/long-functions.txt
must_fail size.sh "an exception that is not needed" "error.c:record"

echo '/* T-UNPROVED */' >>tree/src/certify/eigen.h
must_fail theorem-ids.sh "an id without a page" "T-UNPROVED"
printf '# T-UNLISTED: a page\n' >tree/proofs/theorems/unlisted.md
must_fail theorem-ids.sh "a page that is not in the table" "unlisted.md"

echo 'int f(double x) { return x < 1e-9; }' >>tree/src/certify/eigen.h
must_fail tolerances.sh "a decimal tolerance in certify/" "x < 1e-9"
sed 's/^#define NCF_VERSION ".*"/#define NCF_VERSION "9.9.9"/' tree/include/ncf.h >header &&
    mv header tree/include/ncf.h
must_fail version.sh "two version numbers" "9.9.9"
echo 'int x;' >tree/src/base/bare.c
must_fail sources.sh "a source without a licence line" "bare.c"
printf '.Dd today\n.Xq\n' >tree/doc/bad.1
must_fail manpages.sh "a broken manual page" "doc/bad.1"
if echo 'int leaked(void); int leaked(void) { return 0; }' |
    ${CC:-cc} -shared -fPIC -x c -o libleak.so - 2>/dev/null; then
    must_fail exports.sh "an exported internal name" "leaked"
fi
exit $broken
