#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# examples.sh: the problems of examples/ give the answers that their README promises, in
# tables of at most 80 columns.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
seen=

narrow() { awk 'length($0) > 80 { bad = 1 } END { exit bad }' "$1"; }

# solves NAME STATUS TEXT...
solves() {
    name=$1
    status=$2
    shift 2
    seen="$seen $name.json"
    run solve "$examples/$name.json"
    check "$name: exit status $status" status_is "$status"
    check "$name: nothing on standard error" silent err
    # The first line holds the name of the file, which is not ours.
    sed 1d out >table
    check "$name: at most 80 columns" narrow table
    for text in "$@"; do
        check "$name: $text" grep -qE -e "$text" out
    done
    check "$name: README.md explains it" grep -qF "ncf solve examples/$name.json" "$examples/README.md"
}

solves quickstart 0 '^COMPLETE ' '^  all +124$' '^  strict second order .* 12$'
solves quartic 0 '^COMPLETE ' '^  all +2400$' '13 proved distinct of 13 \(3 real, 10 not real\)'
solves csv 0 '^COMPLETE ' '^  all +8$' '^Data +8 points in R\^3$'
solves plane 0 '^COMPLETE ' '^  all +342$' 'essential dimension 2$'
solves circle 0 '^COMPLETE ' '^  all +infinitely many$' '2-dimensional space'
solves many-points 0 '^COMPLETE ' ' 41\^50 - 1$'
solves cubic-12 0 '^COMPLETE ' '^  all +248155780267520$' '4095 proved distinct of 4095'
solves deep-square 0 '^COMPLETE ' '^  all +48$' '^ +5 +0\.436555485[67] +16 +1 no .* 2,1,1 '
solves deep-linear 0 '^COMPLETE ' '^ +1 +4\.203173404 +dim 3 +0 '
run solve --top=5 "$examples/deep-wide.json"
seen="$seen deep-wide.json match.json"
check "deep-wide: families alone" eval 'status_is 1 && has out "20000" && has out "all rank-one KKT points"'
# A thousand weights; flow-deep.json takes several times as long.
seen="$seen flow-wide.json flow-deep.json"
run flow --delta=1e-4 --trajectory=wide "$examples/flow-wide.json"
check "flow-wide: matched at a real size" \
    eval 'status_is 0 && has out "MATCHED     from row" && has out "angle of at most 0.309"'
run solve --lambda-min=0.5 "$examples/curve.json"
seen="$seen curve.json"
check "curve: infinitely many" eval 'status_is 0 && has out "infinitely many" && has out "Set       KKT points"'
check "curve: README.md explains it" \
    grep -qF "ncf solve --lambda-min=0.5 examples/curve.json" "$examples/README.md"
solves undecided 1 '^UNDECIDED ' '^Open '

solves rank-two 0 '^COMPLETE ' '^  all +64$' \
    '^ +4 +0\.06598411448 +16 +0 strict +0\.032273 2,1,1 '

# certifies NAME STATUS TEXT...: the candidates are in NAME.csv
certifies() {
    name=$1
    status=$2
    shift 2
    seen="$seen $name.json"
    run certify "$examples/$name.json" "$examples/$name.csv"
    check "$name: exit status $status" status_is "$status"
    check "$name: nothing on standard error" silent err
    # The first line and the fourth hold names of files, which are not ours.
    sed -e 1d -e '/^Candidates/d' out >table
    check "$name: at most 80 columns" narrow table
    for text in "$@"; do
        check "$name: $text" grep -qE -e "$text" out
    done
    check "$name: README.md explains it" \
        grep -qF "ncf certify examples/$name.json examples/$name.csv" "$examples/README.md"
}

certifies certify 0 '^PROVED +5 of 5' '^ +1 proved +3\.2e-04 .* 22\.8120184[01] +0 strict +3 +1$' \
    '^ +2 proved .* 3 +1$' '^ +5 proved .* 0\.436555485[67] +1 no +0 +4$' '^ +4 +0\.436555485[67] .* 2,1,1 '

certifies rank-two 0 '^PROVED +1 of 1' '^ +1 +0\.06598411448 +16 +0 strict +0\.032273 2,1,1 '

# describes NAME TEXT...: what info says of a network
describes() {
    name=$1
    shift
    seen="$seen $name.json"
    run info "$examples/$name.json"
    check "$name: info ends with 0" status_is 0
    sed 1d out >table
    check "$name: at most 80 columns" narrow table
    for text in "$@"; do
        check "$name: $text" grep -qE -e "$text" out
    done
    check "$name: README.md explains it" grep -qF "ncf info examples/$name.json" "$examples/README.md"
}

describes convolution '^blocks +2x3 1x6$' '^homogeneity +L = 3$' 'permutations of 2 channels'
describes formula '^formula +3 weights, 2 inputs, 4 terms$' '^homogeneity +L = 3$'
describes separable '^blocks +2x2 1x2 1x3$' '^homogeneity +L = 3$' 'p2_r'
describes inhomogeneous '^homogeneity +not homogeneous: ' '^by layer +e_1=none e_2=3 e_3=1$'

for file in "$examples"/*.json; do
    case " $seen " in
    *" ${file##*/} "*) ;;
    *) check "${file##*/} is tested" false ;;
    esac
done
finish
