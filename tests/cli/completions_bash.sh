#!/usr/bin/env bash
# The completions for bash, as bash itself would ask for them; and that all three files know every
# option of the program.
set -eu
export LC_ALL=C
bash -n "$ATTN_SOURCE_DIR/completions/attn.bash"
. "$ATTN_SOURCE_DIR/completions/attn.bash"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir sub
touch a.yaml 'b c.yml' d.json e.txt

complete_words() {  # WORD... the last one is being completed
  COMP_WORDS=("$ATTN_PROGRAM" "$@") COMP_CWORD=$#
  _attn "$ATTN_PROGRAM" "${COMP_WORDS[$#]}" "${COMP_WORDS[$# - 1]}"
  printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd ,
}
expect() {  # REPLY WORD...
  local reply
  reply=$(complete_words "${@:2}")
  [[ $reply == "$1" ]] || { echo "completing ${*:2}: expected $1, got $reply"; exit 1; }
}
chapter=$("$ATTN_PROGRAM" list --names | head -n 1)

expect "$chapter" "${chapter:0:6}"
expect diff d
expect --names list --n
expect 'a.yaml,b c.yml,sub' "$chapter" ''
expect --set,--show-config,--show-fields,--show-schema,--steps "$chapter" --s
expect json "$chapter" a.yaml --format j
expect json "$chapter" --format = j
expect json,text "$chapter" --format =
expect sub "$chapter" --npy ''
expect d.json,sub diff ''
expect 'a.yaml,b c.yml,sub' check ''

expect grade gra
expect --sandbox grade --sa
expect kernel grade --sandbox k
expect "$chapter" handout "${chapter:0:6}"
expect check course ch
expect sub cases --out ''

for option in $(for of in "$chapter" grade hint watch handout cases; do "$ATTN_PROGRAM" "$of" --help; done | grep -oE -- '--[a-z-]+' | sort -u); do
  for file in attn.bash _attn attn.fish; do
    grep -qE -- "--${option#--}\b|-l ${option#--}\b" "$ATTN_SOURCE_DIR/completions/$file" ||
      { echo "completions/$file does not know $option"; exit 1; }
  done
done
