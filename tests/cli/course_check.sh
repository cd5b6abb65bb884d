#!/usr/bin/env bash
# The exercises of every chapter hold: a blank scores nothing, the reference everything, and each
# known mistake costs its own step and is called by its name.
set -u
out=$("$ATTN_PROGRAM" course check 2>&1)
status=$?
echo "$out"
((status == 0)) || exit 1
for table in "$ATTN_SOURCE_DIR"/chapters/exercises/*.yaml; do
  chapter=$(basename "$table" .yaml)
  [[ $out == *"ok     $chapter: "* ]] || { echo "FAILED: $chapter was not checked"; exit 1; }
done
[[ $out != *fault* ]]
