#!/usr/bin/env bash
# What cmake --install leaves behind: a program that runs, a package that another project finds and
# links, completions, examples.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix="$work/in stalled"

cmake --install "$ATTN_BUILD_DIR" --prefix "$prefix" >"$work/log" || { cat "$work/log"; exit 1; }
for file in bin/attn include/attn/core/tensor.hpp share/attn/configs/scaled-dot-product.yaml \
    share/doc/attn/LICENSE share/bash-completion/completions/attn share/zsh/site-functions/_attn \
    share/fish/vendor_completions.d/attn.fish; do
  [[ -s $prefix/$file ]] || { echo "not installed: $file"; exit 1; }
done
"$prefix/bin/attn" --version
grep -rqF "$ATTN_SOURCE_DIR" "$prefix/lib" --include='*.cmake' && { echo 'a path of the build leaked'; exit 1; }

# The consumer is compiled with the flags of the library, which matters for sanitizers.
cached() { sed -n "s/^$1:[^=]*=//p" "$ATTN_BUILD_DIR/CMakeCache.txt"; }
type=$(cached CMAKE_BUILD_TYPE)
cmake -S "$ATTN_SOURCE_DIR/tests/consumer" -B "$work/consumer" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" \
  -DCMAKE_BUILD_TYPE="$type" -DCMAKE_CXX_FLAGS="$(cached "CMAKE_CXX_FLAGS_${type^^}")" >"$work/log" &&
  cmake --build "$work/consumer" >>"$work/log" || { cat "$work/log"; exit 1; }
# The scores are equal, so the context is the mean of the values.
output=$("$work/consumer/consumer")
[[ $output == 'mine 3' ]] || { echo "expected 'mine 3', got '$output'"; exit 1; }
