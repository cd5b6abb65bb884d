#!/usr/bin/env bash
# The completions for fish, as fish itself gives them.
set -eu
command -v fish >/dev/null || { echo 'fish is not installed'; exit 77; }
export HOME=$(mktemp -d)
trap 'rm -rf "$HOME"' EXIT
cd "$HOME"
touch a.yaml

fish -n "$ATTN_SOURCE_DIR/completions/attn.fish"
PATH=$(dirname "$ATTN_PROGRAM"):$PATH
ask() { fish -c "source '$ATTN_SOURCE_DIR/completions/attn.fish'; complete -C '$1'" | cut -f 1; }
expect() {  # WORD LINE
  ask "$2" | grep -qxF -- "$1" || { echo "completing '$2' does not offer $1:"; ask "$2"; exit 1; }
}
chapter=$(attn list --names | head -n 1)
expect "$chapter" 'attn '
expect diff 'attn d'
expect json "attn $chapter --format "
expect a.yaml "attn $chapter "
expect --steps "attn $chapter --s"
expect --names 'attn list --'
expect --submissions 'attn grade --sub'
expect kernel 'attn grade --sandbox '
expect --gradescope 'attn handout --gr'
