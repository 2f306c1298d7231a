#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# run.sh [quick] [counts] [speeds] [certify] [survey] [cap] [flow] [validated] [peers]: the figures of
# the whole command, as tab-separated tables; all eight parts when none is named.
# Environment: NCF the program, MEASURE bench/measure, srcdir of the sources.
set -eu
quick=
if [ "${1:-}" = quick ]; then
    quick=quick
    shift
fi
[ $# -gt 0 ] || set -- counts speeds certify survey cap flow validated peers
NCF=${NCF:-./ncf}
MEASURE=${MEASURE:-bench/measure}
srcdir=${srcdir:-.}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# problem ORDER INPUTS POINTS WIDTH SEED
problem()
{
    printf '{"ncf":1,"network":{"type":"feedforward","widths":[%d,%d,1],' "$2" "$4"
    printf '"activation":{"type":"power","degree":%d}},"data":{"random":' "$1"
    printf '{"points":%d,"inputs":%d,"distribution":"sphere",' "$3" "$2"
    printf '"seed":%d,"bits":30}},"loss":"square"}\n' "$5"
}

# field NAME: its value in the JSON document on standard input
field()
{
    sed -n "s/^ *\"$1\": *\"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" | head -n 1
}

# The six counts of two-layer networks on one data set.
counts()
{
    printf '# counts: degree, width, positive KKT points, expected\n'
    while read -r degree width expected; do
        printf '{"ncf":1,"network":{"type":"feedforward","widths":[2,%d,1],"activation":{"type":"power","degree":%d}},"data":{"x":[[1,2],[3,-1],[-1,1],[2,2]],"y":[1,-1,2,1]},"loss":"square"}\n' \
            "$width" "$degree" > "$work/count.json"
        found=$("$NCF" solve "$work/count.json" --json --quiet | field positive)
        printf '%s\t%s\t%s\t%s\n' "$degree" "$width" "$found" "$expected"
    done <<EOF
2 1 4
2 2 24
3 1 6
3 2 48
4 1 4
4 2 24
EOF
}

# speed RUNS ORDER INPUTS POINTS WIDTH
speed()
{
    problem "$2" "$3" "$4" "$5" 1 > "$work/speed.json"
    for threads in 1 2; do
        for top in 1 100; do
            printf '%s\t%s\t%s\t%s\t%s\t%s\t' "$2" "$3" "$4" "$5" "$threads" "$top"
            "$MEASURE" "$1" "$NCF" solve "$work/speed.json" --json --quiet \
                --threads="$threads" --top="$top"
        done
    done
}

speeds()
{
    printf '# whole command: order, inputs, points, width, threads, orbits listed, '
    printf 'median wall s, median processor s, largest MB, exit status\n'
    if [ "$quick" = quick ]; then
        speed 1 2 20 100 50
        speed 1 3 8 24 10
        speed 1 3 12 36 10
        return
    fi
    speed 5 2 20 100 50
    speed 5 3 5 15 10
    speed 5 3 8 24 10
    speed 5 4 4 12 10
    speed 5 4 5 15 10
    speed 5 5 6 18 10
    speed 5 6 5 15 10
    speed 3 3 12 36 10
    speed 3 4 10 30 10
    speed 1 3 16 48 10
}

# One KKT point against the number of unknowns; bench/p-points says what the columns are.
certify()
{
    if [ "$quick" = quick ]; then
        "${MEASURE%/*}/p-points"
    else
        OPENBLAS_NUM_THREADS=1 "${MEASURE%/*}/p-points" large
    fi
    if command -v M2 > /dev/null; then
        M2 --script "$srcdir/bench/certify.m2"
    else
        printf '# M2 is not installed: skipped\n'
    fi
}

# Random tensors over ten shapes: what was complete, what the first pass missed.
survey()
{
    printf '# random tensors: order, inputs, tensors, complete, classes, first pass missed, '
    printf 'retracking rounds\n'
    tensors=20
    [ "$quick" != quick ] || tensors=2
    for shape in '3 3' '3 5' '3 8' '3 10' '4 3' '4 4' '4 6' '5 4' '5 5' '6 4'; do
        order=${shape% *} inputs=${shape#* } seed=0 complete=0 classes=0 missed=0 rounds=0
        while [ "$seed" -lt "$tensors" ]; do
            seed=$((seed + 1))
            problem "$order" "$inputs" $((3 * inputs)) 1 "$seed" > "$work/survey.json"
            if "$NCF" solve "$work/survey.json" --json --quiet --top=0 > "$work/survey.out"; then
                complete=$((complete + 1))
            fi
            classes=$((classes + $(field classes_proved < "$work/survey.out")))
            missed=$((missed + $(field first_pass_missing < "$work/survey.out")))
            rounds=$((rounds + $(field retracking_rounds < "$work/survey.out")))
        done
        printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$order" "$inputs" "$tensors" "$complete" \
            "$classes" "$missed" "$rounds"
    done
}

# Proofs of flows; bench/p-validated says what the columns are.
validated()
{
    printf '# proofs of flows\n'
    while read -r widths degree points cases angle tied; do
        [ "$quick" != quick ] || cases=1
        "${MEASURE%/*}/p-validated" "$widths" "$degree" "$points" "$cases" "$angle" "$tied" |
            grep '^all'
    done <<EOF
2,1,1 2 6 20 0.1 0
2,2,1 2 6 10 0 0
2,2,1 3 8 20 0.1 0
3,3,1 3 8 4 0 0
2,1,1,1 2 6 20 0.1 0
2,2,1,1 2 6 4 0 0
2,2,1 2 6 10 0 1e-6
10,5,1 2 30 2 0 0
EOF
}

# Caps of attraction; bench/p-cap says what the columns are.
cap()
{
    problems=20
    [ "$quick" != quick ] || problems=2
    OPENBLAS_NUM_THREADS=1 "${MEASURE%/*}/p-cap" "$problems"
}

# The fastest run of each program whose error is at most the given one, with that error, and
# the ratio of their times; both files hold: method, tolerance, seconds, evaluations, error.
compare_runs()
{
    awk -F '\t' -v size="$1" '
        FNR == 1 { program++ }
        FNR > 1 {
            for (e = 3; e <= 9; e++)
                if ($5 <= 10 ^ -e && (!((program, e) in best) || $3 < best[program, e])) {
                    best[program, e] = $3
                    name[program, e] = $1
                    error[program, e] = $5
                }
        }
        END {
            for (e = 3; e <= 9; e += 2)
                if ((1, e) in best && (2, e) in best)
                    printf "%s\t1e-%d\t%s\t%s\t%s\t%s\t%s\t%s\t%.1f\n", size, e, \
                        name[1, e], best[1, e], error[1, e], name[2, e], best[2, e], \
                        error[2, e], best[2, e] / best[1, e]
        }' "$2" "$3"
}

# Training runs from small weights through the escape, by ncf and by solve_ivp of scipy.
flow()
{
    printf '# gradients\n'
    bench/p-flow gradient 49
    printf '# training runs: widths, points, error at most, method, s, error, '
    printf 'method of scipy, s, error, ratio\n'
    python=$(command -v /usr/bin/python3 || command -v python3)
    if ! "$python" -c 'import scipy' 2> /dev/null; then
        printf '# scipy is not installed: skipped\n'
        return 0
    fi
    while read -r widths points delta until; do
        bench/p-flow run "$widths" "$points" "$delta" "$until" "$work/flow.txt" > "$work/ncf.tsv"
        "$python" "$srcdir/bench/flow-scipy.py" "$work/flow.txt" > "$work/scipy.tsv"
        compare_runs "$widths	$points" "$work/ncf.tsv" "$work/scipy.tsv"
        [ "$quick" != quick ] || break
    done <<EOF
2,3,1 20 1e-3 0.77
20,20,1 100 1e-3 2.07
20,50,1 100 1e-3 2.21
20,50,1 1000 1e-3 0.68
EOF
}

# peer NAME ORDER INPUTS COMMAND..: one run on the fixed-point system in $work/NAME.in
peer()
{
    name=$1 order=$2 inputs=$3
    shift 3
    command -v "$1" > /dev/null || return 0
    awk -v m="$order" -v n="$inputs" -v seed=1 -v format="$name" -f "$srcdir/bench/tensor.awk" \
        > "$work/$name.in"
    rm -f "$work/$name.out"
    printf '%s\t%s\t%s\t' "$order" "$inputs" "$name"
    "$MEASURE" 1 timeout 120 "$@"
}

peers()
{
    printf '# other solvers: order, inputs, solver, wall s, processor s, MB, exit status '
    printf '(124: stopped after 120 s)\n'
    for name in phc Singular msolve; do
        command -v "$name" > /dev/null || printf '# %s is not installed: skipped\n' "$name"
    done
    shapes='3,3 3,4 4,3'
    [ "$quick" = quick ] || shapes="$shapes 3,5 4,4 3,6"
    for shape in $shapes; do
        order=${shape%,*} inputs=${shape#*,}
        awk -v m="$order" -v n="$inputs" -v seed=1 -v format=ncf -f "$srcdir/bench/tensor.awk" \
            > "$work/ncf.json"
        classes=$("$NCF" solve "$work/ncf.json" --json --quiet --top=0 | field classes_proved)
        printf '%s\t%s\tncf\t' "$order" "$inputs"
        "$MEASURE" 3 "$NCF" solve "$work/ncf.json" --threads=1 --quiet
        peer phc "$order" "$inputs" phc -b -t1 "$work/phc.in" "$work/phc.out"
        peer singular "$order" "$inputs" Singular -q "$work/singular.in"
        peer msolve "$order" "$inputs" msolve -f "$work/msolve.in" -o "$work/msolve.out"
        printf '# classes proved %s, so that the system has %s solutions' "$classes" \
            $(((order - 2) * classes + 1))
        if command -v Singular > /dev/null; then
            printf '; Singular counts %s' \
                "$(timeout 120 Singular -q "$work/singular.in" < /dev/null | tail -n 1)"
        fi
        if [ -s "$work/phc.out" ]; then
            printf '; phc lists %s' \
                "$(sed -n 's/^solution \([0-9]*\) .*/\1/p' "$work/phc.out" | sort -n | tail -n 1)"
        fi
        printf '\n'
    done
}

"$NCF" --version | head -n 1
for part; do
    case $part in
    counts | speeds | certify | survey | cap | flow | validated | peers) $part ;;
    *) printf 'run.sh: no part is called %s\n' "$part" >&2 && exit 2 ;;
    esac
done
