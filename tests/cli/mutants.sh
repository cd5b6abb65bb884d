#!/usr/bin/env bash
# The cases of one chapter notice every small change of every step: tests/mutation/mutants.py, which
# docs/cases.md has the figures of for all chapters.
set -u
type -P python3 >/dev/null || exit 77
out=$(python3 "$ATTN_SOURCE_DIR/tests/mutation/mutants.py" scaled-dot-product --build "$ATTN_BUILD_DIR" --jobs 2 2>&1)
status=$?
echo "$out"
((status == 0)) || exit 1
[[ $out == '| scaled-dot-product | '*' | 0 |' ]] || { echo 'FAILED: expected a line of the table'; exit 1; }
mutants=$(cut -d '|' -f 6 <<<"$out")
((mutants > 200)) || { echo "FAILED: only $mutants mutants"; exit 1; }
