#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# store.sh: what was finished survives a process that is killed, a disk that is full, and
# others at the same store; what another build or other data made is not used.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"

printf '{"ncf-study": 1, "title": "Slow", "base": {"ncf": 1, "network": {"type": "feedforward",
"widths": [2, 2, 1, 1], "activation": {"type": "power", "degree": 2}}, "data": {"random":
{"points": 5, "inputs": 2, "distribution": "integers", "bound": 4, "seed": 1}}},
"grid": {"degree": [2, 3], "seed": {"from": 1, "to": 8}}, "quantities": ["points", "rank_one"]}\n' >k.json
records() { find "$1" -name '*.json' 2>/dev/null | wc -l; }
holds() { [ "$(records "$1")" -eq "$2" ]; }
stamps() { find "$1" -name '*.json' -exec stat -c '%n %i' {} + 2>/dev/null | sort; }

run table --threads=2 --store=whole.store k.json
cp out whole.txt
whole=$code
check "an undisturbed run" eval 'holds whole.store 16 && has out "Cases     16"'

all_whole() {
    for file in "$1"/*.json; do
        is_json "$file" || return 1
    done
}

# wait_for STORE COUNT: until so many records are there, at most 40 seconds
wait_for() {
    tries=0
    while [ "$(records "$1")" -lt "$2" ] && [ $tries -lt 800 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
}

# ---- Killed, again and again -----------------------------------------------------------------
for count in 2 5 9; do
    stamps killed >before
    "$program" table --threads=2 --store=killed k.json >/dev/null 2>&1 &
    victim=$!
    wait_for killed $count
    kill -9 $victim 2>/dev/null
    wait $victim 2>/dev/null
    stamps killed >after
    check "killed with $count records: all that was there still is" \
        eval '[ "$(records killed)" -ge $count ] && [ -z "$(comm -23 before after)" ]'
    check "each record is whole" all_whole killed
done
run table --threads=2 --store=killed k.json
check "the next run ends it: the table of an undisturbed one" \
    eval "status_is $whole && cmp -s out whole.txt && holds killed 16"

# ---- Two processes, one of them killed ----------------------------------------------------------
"$program" table --threads=1 --store=both k.json >/dev/null 2>&1 &
victim=$!
"$program" table --threads=1 --store=both k.json >second 2>second.err &
survivor=$!
wait_for both 4
kill -9 $victim 2>/dev/null
wait $victim 2>/dev/null
wait $survivor
code=$?
check "the other one does what the killed one was at" \
    eval "status_is $whole && cmp -s second whole.txt && silent second.err && holds both 16"

# ---- A killed shard ----------------------------------------------------------------------------------
"$program" table --threads=1 --shard=1/2 --store=one k.json >/dev/null 2>&1 &
victim=$!
wait_for one 2
kill -9 $victim 2>/dev/null
wait $victim 2>/dev/null
run table --shard=2/2 --store=two k.json
finished=$(records one)
run table --merge --store=one --store=two k.json
check "what a killed shard did not do is missing, and nothing else" \
    eval "status_is 1 && has out '$((8 - finished)) missing'"
run table --shard=1/2 --store=one k.json
run table --merge --store=one --store=two k.json
check "once it has been run again nothing is" eval "status_is $whole && cmp -s out whole.txt"

# ---- A full disk ------------------------------------------------------------------------------------------
if unshare -rm true 2>/dev/null && unshare -rm mount -t tmpfs none /mnt 2>/dev/null; then
    mkdir disk
    cat >full.sh <<'END'
mount -t tmpfs -o size=24k,nr_inodes=64 none disk || exit 99
"$program" table --threads=2 --store=disk/store k.json >out 2>err
echo $? >full.code
for file in disk/store/*.json; do
    [ -e "$file" ] && cat "$file" >>full.records
done
find disk/store -name '*.new*' >full.litter
mount -o remount,size=8m none disk || exit 99
"$program" table --threads=2 --store=disk/store k.json >again 2>again.err
echo $? >again.code
END
    program=$program unshare -rm sh full.sh
    code=$(cat full.code)
    check "a full disk: one line, and exit status 5" eval 'status_is 5 && silent out && one_line'
    check "a full disk: no half record is left" eval 'silent full.litter'
    code=$(cat again.code)
    check "with room it goes on to the same table" \
        eval "status_is $whole && cmp -s again whole.txt && silent again.err"
else
    echo "no disk of a small size can be mounted: a full one is not tested"
fi

# ---- Another build, other data ------------------------------------------------------------------------------
key_of() { sed -n 's/.*"source": *"\([0-9a-f]*\)".*/\1/p' "$1" | head -n 1; }
victim=$(find whole.store -name '*.json' | head -n 1)
source=$(cd "$top" && find src include -name '*.[ch]' ! -path 'src/cli/*' ! -name source_digest.c \
    -exec sha256sum {} + | LC_ALL=C sort -k 2 | sha256sum | cut -c 1-64)
check "the key has the digest of the sources" test "$(key_of "$victim")" = "$source"
sed 's/"source": *"[0-9a-f]\{8\}/"source": "00000000/' "$victim" >other && cp other "$victim"
run table --store=whole.store k.json
check "the record of another build is not used" test "$(key_of "$victim")" = "$source"
check "and the table is the same" cmp -s out whole.txt

printf 'a,b,y\n1,2,1\n3,-1,-1\n-1,1,2\n2,2,1\n' >points.csv
printf '{"ncf-study": 1, "base": {"ncf": 1, "network": {"type": "feedforward", "widths": [2, 1, 1],
"activation": {"type": "power", "degree": 2}}, "data": {"csv": "points.csv", "label": "y"}},
"grid": {"degree": [2, 3]}, "quantities": ["largest_lambda"]}' >d.json
run table --store=data d.json
cp out first
sed -i 's/^3,/4,/' points.csv
run table --store=data d.json
check "other data behind the same name: other records" eval 'holds data 4 && ! cmp -s out first'
sed -i 's/^4,/3,/' points.csv
run table --store=data d.json
check "the old data again: the old records" eval 'holds data 4 && cmp -s out first'
finish
