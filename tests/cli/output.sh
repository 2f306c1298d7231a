#!/bin/sh
# SPDX-License-Identifier: LGPL-3.0-or-later
# output.sh: results are written whole or not at all, and a write that fails is reported.
# shellcheck source=tests/cli/lib.sh
. "${srcdir:-.}/tests/cli/lib.sh"
quickstart=$examples/quickstart.json
alone() { [ "$(ls folder)" = "$1" ]; }
mode() { stat -c %a "$1"; }
mkdir folder

# Files.
run solve --json --output=folder/result.json "$quickstart"
check "--output leaves standard output empty" eval 'status_is 0 && silent out && silent err'
check "--output --json writes a document" is_json folder/result.json
check "no temporary file is left" alone result.json
echo old >folder/result.json
run solve --output=folder/result.json "$quickstart"
check "--output replaces a file" has folder/result.json "5^3 - 1"
run info --output=folder/result.json "$quickstart"
check "info --output replaces a file" has folder/result.json "polynomial"
ln -s result.json folder/link
run solve --output=folder/link "$quickstart"
check "a link stays one, and what it names is replaced" \
    eval '[ -L folder/link ] && has folder/result.json "5^3 - 1"'
rm folder/link
(umask 027 && "$program" solve --output=folder/mode.txt "$quickstart")
check "permissions follow the umask" test "$(mode folder/mode.txt)" = 640
rm folder/mode.txt
run solve --output=- "$quickstart"
check "--output=- is standard output" has out "5^3 - 1"
run solve --output=/dev/null "$quickstart"
check "a device is written to, not replaced" eval 'status_is 0 && [ -c /dev/null ]'

run solve --output=missing/result.json "$quickstart"
refused "a folder that does not exist" 5 "missing/result.json: No such file"
run solve --output=folder "$quickstart"
refused "a folder in the place of a file" 5 "folder: Is a directory"
check "nothing is left of it" alone result.json
if [ "$(id -u)" -ne 0 ]; then
    chmod a-w folder
    run solve --output=folder/new.json "$quickstart"
    refused "a folder that cannot be written to" 5 "folder/new.json: Permission denied"
    chmod u+w folder
fi

# A file system that is full, where the kernel offers one.
if [ -c /dev/full ]; then
    for arguments in "solve $quickstart" "solve --json $quickstart" "info $quickstart" \
        "info --json $quickstart" --help --version "solve --help" "info --version"; do
        # shellcheck disable=SC2086
        "$program" $arguments >/dev/full 2>err
        code=$?
        check "full disk: $(echo "$arguments" | sed "s|$examples/||")" \
            eval 'status_is 5 && one_line && has err "standard output could not be written: No space"'
    done
    run solve --output=/dev/full "$quickstart"
    refused "full disk: --output" 5 "/dev/full could not be written: No space left on device"
fi

# Streams that are closed.
for arguments in "solve $quickstart" "info --json $quickstart" --help; do
    what=$(echo "$arguments" | sed "s|$examples/||")
    # shellcheck disable=SC2086
    "$program" $arguments >&- 2>err
    code=$?
    check "closed standard output: $what" eval 'status_is 5 && one_line'
    # shellcheck disable=SC2086
    "$program" $arguments >out 2>&- <&-
    code=$?
    check "closed standard input and error: $what" eval 'status_is 0 && [ -s out ]'
done
"$program" solve --output=folder/result.json "$quickstart" >&- 2>&- <&-
code=$?
check "all closed, --output" eval 'status_is 0 && has folder/result.json "5^3 - 1"'
"$program" solve frobnicate.json 2>&- >out
code=$?
check "an error without standard error" eval 'status_is 5 && silent out'

# A reader that has gone: more output than a pipe holds.
for format in "" --json; do
    # shellcheck disable=SC2086
    { "$program" solve $format --verbose --digits=500 --precision=2000 "$examples/plane.json" 2>err
      echo $? >status; } | head -n 1 >out
    code=$(cat status)
    check "a reader that leaves ($format)" eval '[ -s out ] && { status_is 0 || { status_is 5 && silent err; }; }'
done
finish
