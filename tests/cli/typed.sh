#!/usr/bin/env bash
# What people type and pipe: each of these once went wrong without a word.
set -u
attn=$ATTN_PROGRAM
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export LC_ALL=C.UTF-8

failures=0
run() { out=$("$@" 2>err </dev/null); status=$? err=$(<err); }
expect() {  # WHAT STATUS PART… of what was printed, or of the error
  local what=$1 expected=$2 part
  shift 2
  for part in "" "$@"; do
    [[ $status == "$expected" && $out$err == *"$part"* ]] && continue
    echo "FAILED: $what: status $status, expected $expected and \"$part\""
    sed 's/^/  | /' <<<"${out:0:2000}$err"
    failures=$((failures + 1))
    return
  done
}

for what in --help --version 'scaled-dot-product --help'; do
  $attn $what >/dev/full 2>err
  status=$? out='' err=$(<err)
  expect "$what to a full disk" 1 'cannot write to standard output'
done

echo '{}' >a.json
run "$attn" diff a.json a.json --absolute inf
expect 'an infinite tolerance' 2 '--absolute: found inf, expected a finite number of at least 0'
run "$attn" diff a.json a.json --relative=-1
expect 'a negative tolerance' 2 'found -1, expected a finite number of at least 0'

run "$attn" scaled-dot-product --precision= --steps scaled
expect 'an option without its value' 2 '--precision: no value given'

for title in '#1' '%s%n' '---' '...' 'a #b' "it's: [1" 'C# and #'; do
  run "$attn" scaled-dot-product --set "title=$title" --steps scores
  expect "the title $title" 0 "$title"
done
run "$attn" scaled-dot-product --set 'title="quoted # too"' --steps scores
expect 'a title in quotes' 0 ': quoted # too'
run "$attn" self-attention --set 'tokens.words=[a, b #c]'
expect 'a comment in a value' 2 '--set tokens.words:1:7: a # begins a comment' 'put the text into quotes'
run "$attn" scaled-dot-product --set 'inputs.queries=--- [[1]]'
expect 'a document in a value' 2 '--set inputs.queries:1:1: --- at the beginning means something else'

run "$attn" scaled-dot-product --set title=$'\xff\xfe'
expect 'bytes in a value' 2 '--set title:1:1: the value is not UTF-8'
printf '\xff\xfe\0\0c\0\0\0' >u32.yaml
run "$attn" scaled-dot-product u32.yaml
expect 'UTF-32' 2 'UTF-32'
printf '\xff\xfec\0' >u16.yaml
run "$attn" scaled-dot-product u16.yaml
expect 'UTF-16' 2 'UTF-16'

printf 'chapter: scaled-dot-product\ninputs:\n\tqueries: [[1]]\n' >t.yaml
run "$attn" scaled-dot-product t.yaml
expect 'a tab' 2 't.yaml:3:1: not valid YAML: a tab in the indentation'
printf 'chapter: scaled-dot-product\ninputs:\n  \tqueries: [[1]]\n' >t.yaml
run "$attn" scaled-dot-product t.yaml
expect 'a tab behind spaces' 2 't.yaml:3:3: not valid YAML: a tab in the indentation'

$attn scaled-dot-product --show-config >c.yaml
run "$attn" scaled-dot-product c.yaml
plain=$out
for_pipe() { [[ $out == "$plain" && $status == 0 ]] || { echo "FAILED: $1: $err"; failures=$((failures + 1)); }; }
run "$attn" scaled-dot-product <(cat c.yaml)
for_pipe 'a config from a substitution'
out=$("$attn" scaled-dot-product - 2>err <c.yaml) status=$? err=$(<err)
for_pipe 'a config from standard input'
out=$(cat c.yaml | "$attn" scaled-dot-product /dev/stdin 2>err) status=$? err=$(<err)
for_pipe 'a config from /dev/stdin'
run "$attn" scaled-dot-product c.yaml --out -
for_pipe 'standard output by name'
[[ ! -e ./- ]] || { echo 'FAILED: a file called -'; failures=$((failures + 1)); }
printf 'chapter: scaled-dot-product\ninputs: 1\n' | "$attn" scaled-dot-product - >/dev/null 2>err
status=$? out='' err=$(<err)
expect 'an error on standard input' 2 'standard input:2:9: inputs'
mkfifo pipe
run timeout 20 "$attn" scaled-dot-product pipe
expect 'a pipe that nobody writes to' 2 'pipe: nobody writes to this pipe'
head -c 20000000 /dev/zero | timeout 20 "$attn" scaled-dot-product - >/dev/null 2>err
status=$? out='' err=$(<err)
expect 'too much on standard input' 2 'standard input: has more than the limit of 16 MiB'

for chapter in seq2seq bahdanau global-local; do
  "$attn" $chapter --gradients --npy $chapter >/dev/null
  [[ -z $(ls $chapter | tr A-Z a-z | sort | uniq -d) ]] || { echo "FAILED: names of $chapter"; failures=$((failures + 1)); }
done
cmp -s seq2seq/encoder.d_X.npy seq2seq/encoder.d_x-2.npy && { echo 'FAILED: one tensor twice'; failures=$((failures + 1)); }

printf 'chapter: scaled-dot-product\ninputs:\n  queries: [[1]]\n  keys: [[-0.5], [0.5], [0.333333333333333], [2]]\n  values: [[1], [2], [3], [4]]\noptions: {scale: 1}\n' >p.yaml
run "$attn" scaled-dot-product p.yaml --precision 0 --steps scores
expect 'no digits after the point' 0 ' -5e-1 ' ' 5e-1 ' ' 3e-1 '

for chapter in seq2seq bahdanau global-local soft-hard transformer-decoder; do
  stop=$(sed -n 's/^ *stop: *"\{0,1\}\([^" ]*\).*/\1/p' "$ATTN_SOURCE_DIR/configs/$chapter.yaml" | head -1)
  start=$(sed -n 's/^ *start: *"\{0,1\}\([^" ]*\).*/\1/p' "$ATTN_SOURCE_DIR/configs/$chapter.yaml" | head -1)
  run "$attn" $chapter --set "tokens.target=['${stop:-</s>}']"
  expect "$chapter: a target that holds stop" 2 'tokens.target: word 1 is "' 'tokens.stop; expected the words without'
  run "$attn" $chapter --set "tokens.target=['${start:-<s>}']"
  expect "$chapter: a target that holds start" 2 'tokens.target: word 1 is "' 'tokens.start; expected'
done

[[ $("$attn" 7 --steps scores) == $("$attn" scaled-dot-product --steps scores) ]] ||
  { echo 'FAILED: attn 7'; failures=$((failures + 1)); }
run "$attn" 0
expect 'chapter 0' 2 'found chapter 0, expected 1 to 12; attn list names them'
run "$attn" help
expect 'help' 0 'SUBCOMMAND' 'nadaraya-watson'
run "$attn" help diff
expect 'help of a command' 0 '--absolute'
run "$attn" help scoring
expect 'help of a chapter' 0 '--steps'
run "$attn" help nonsense
expect 'help of nothing' 2 'unknown'

steps() {  # CHAPTER LIST IDS: the ids of the steps that are shown
  local ids
  ids=$("$attn" $1 --steps "$2" --format json 2>&1 | grep -o '"id": "[^"]*"' | cut -d'"' -f4 | tr '\n' ' ')
  [[ ${ids% } == "$3" ]] || { echo "FAILED: $1 --steps $2 shows \"$ids\", not \"$3\""; failures=$((failures + 1)); }
}
steps multi-head q_heads queries_of_heads
steps transformer-encoder layer1 \
  'layer1.attention layer1.add_1 layer1.norm_1 layer1.feed_forward layer1.add_2 layer1.norm_2'
steps bahdanau t2.weights t2
steps bahdanau weights 't1.weights t2 t3 t4'
steps scaled-dot-product weights weights
steps scaled-dot-product 'scale..weights' 'scale scores scaled masked weights'
run "$attn" seq2seq --steps t9.state
expect 'a step that there is not' 2 'no step or tensor is called "t9.state"; the steps are parameters, words,'
run "$attn" scaled-dot-product --steps wieghts
expect 'a misspelt step' 2 'did you mean "weights"?'
run "$attn" self-attention --steps d_Q
expect 'a step of the backward pass' 2 'the steps of the backward pass need --gradients'

# Changing one field needs no second: what --set says goes before what the file says beside it.
run "$attn" multi-head --set options.heads=1
expect 'a study of a head that is gone' 0 'multi-head.yaml:' 'left out, since --set goes first' 'there is no head 2'
run "$attn" scaled-dot-product --set 'inputs.queries=[[1, 2, 3, 4]]' --steps weights
expect 'names of queries that are gone' 0 'left out, since --set goes first' 'tokens.queries: found 3 texts'
run "$attn" scaled-dot-product --set 'inputs.queries=[[1, 2]]'
expect 'queries of another width' 2 '--set inputs.queries:1:1: inputs.queries have width 2'
run "$attn" scaled-dot-product --set 'inputs.queries=[[1, 0, 0]]'
expect 'names do not hide the fault' 2 '--set inputs.queries:1:1: inputs.queries have width 3'
[[ $err != *tokens* ]] || { echo 'FAILED: names are blamed beside the fault'; failures=$((failures + 1)); }
sed 's/without_head: 2/without_head: 5/' "$ATTN_SOURCE_DIR/configs/multi-head.yaml" >own_fault.yaml
run "$attn" multi-head own_fault.yaml --set options.scale=1
expect 'what a file has wrong by itself' 2 'own_fault.yaml:' 'there is no head 5'
run "$attn" multi-head --set study.without_head=7
expect 'a head that there never was' 2 '--set study.without_head:1:1: study.without_head: there is no head 7'
run "$attn" nadaraya-watson --set data.points=20 --steps points
expect 'drawn points in place of those of the file' 0 'Tk = 20'
run "$attn" positional-encoding --set study.map_width=8 --steps map
expect 'one measure of the map' 0 '32 positions and 8 columns'
run "$attn" positional-encoding --set 'inputs.X={random: normal, shape: [8, 4], seed: 1}' --steps embedded
expect 'more words than the file has positions' 0 'tokens.words: found 3 texts' 'Tx=8'
run "$attn" positional-encoding --set 'parameters.P={random: normal, shape: [4, 4], seed: 1}' --set options.positions=learned
expect 'a table of fewer positions than the file has' 0
run "$attn" global-local --set options.attention=local-m --set options.D=0
expect 'a window of one word' 0
run "$attn" global-local --set options.attention=local-p --set options.D=0
expect 'a Gaussian without a width' 2 '--set options.D:1:1: options.D: found 0' 'expected at least 1'
run "$attn" self-attention --set 'parameters.W_k={random: normal, seed: 3}'
expect 'a random matrix without a shape' 0
run "$attn" self-attention --set 'parameters.W_v={random: normal, seed: 3}'
expect 'a random matrix as large as what it stands in for' 0
run "$attn" multi-head --set 'inputs.bias={fill: 0}'
expect 'a bias for as many keys as queries' 0
printf 'chapter: multi-head\ninputs: {queries: [[1, 2, 3], [4, 5, 6]]}\noptions: {heads: 2}\nparameters:\n  W_q: {random: normal, shape: [3, 4], seed: 1}\n  W_k: {random: normal, seed: 2}\n  W_v: {random: normal, shape: [3, 4], seed: 3}\n  W_o: {random: normal, shape: [4, 3], seed: 4}\n' >self.yaml
run "$attn" multi-head self.yaml
expect 'keys that are the queries are as wide' 0
sed 's/{queries: /{keys: [[1, 2], [3, 4]], queries: /; s/shape: \[3, 4\], seed: 1/seed: 1/' self.yaml >other.yaml
run "$attn" multi-head other.yaml
expect 'a width that nothing tells' 2 'other.yaml:5:8: parameters.W_q: no other field tells the extent of axis Hdk'

# Every message says where.
printf 'title: a\nchapter: nadaraya-watsn\n' >misspelt.yaml
run "$attn" check misspelt.yaml
expect 'a misspelt chapter' 2 'misspelt.yaml:2:10: found chapter "nadaraya-watsn"; did you mean "nadaraya-watson"?'
run "$attn" scaled-dot-product --set 'inputs.keys=[[1e200, 1], [1, 1], [1, 1]]' \
  --set 'inputs.queries=[[1e199, 1], [1, 1], [1, 1]]'
expect 'a result that overflows' 2 '--set inputs.keys:1:1: inputs.keys: found 1e+200, the largest number' 'in step scores'
run "$attn" scaled-dot-product --set inputs.querys=3
expect 'an unknown field' 2 '--set inputs.querys:1:8: no field is called inputs.querys; did you mean inputs.queries?'
run "$attn" scaled-dot-product --set inputs.queries
expect 'a field without a value' 2 '--set inputs.queries:1:15: found no = behind the path'
printf 'chapter: positional-encoding\n\noptions:\n  base: 3\n' >widths.yaml
run "$attn" positional-encoding widths.yaml
expect 'a field that is wanted here' 2 'widths.yaml:3:1: options.dm: not given'
run "$attn" scaled-dot-product --set options.scale=
expect 'nothing as a value' 2 '--set options.scale:1:1: options.scale: found nothing'
run "$attn" scaled-dot-product --set inputs.queries.0.0=1
expect 'a path into a list' 2 '--set inputs.queries.0.0:1:16: there is nothing to set inside a list'
run "$attn" seq2seq --set $'tokens.stop=a\xff'
expect 'a byte in a value' 2 '--set tokens.stop:1:2: the value is not UTF-8'
run "$attn" seq2seq --set 'parameters.encoder.c_0=[1, 1]'
expect 'a name that is elsewhere' 2 '--set parameters.encoder.c_0:1:20:' 'did you mean inputs.encoder.c_0?'
run "$attn" scaled-dot-product --set study.seed=18446744073709551616
expect 'a seed too large' 2 'is too large; expected a whole number from 0 to 4294967295'
head -c 60000 /dev/zero | tr '\0' '[' >deep.json
run "$attn" diff deep.json deep.json
expect 'lists within lists' 2 'deep.json:1:65: nested more than 64 levels deep'
cp "$ATTN_SOURCE_DIR/configs/scaled-dot-product.yaml" $'\x1b[31m\xff.yaml'
run "$attn" check $'\x1b[31m\xff.yaml'
[[ $out$err != *$'\x1b'* && $out$err != *$'\xff'* ]] || { echo 'FAILED: check prints a name raw'; failures=$((failures + 1)); }
run "$attn" $'sca\xff\xc2\x85\xe6\x88\x91'
expect 'bytes that are no text' 2 'unknown chapter or command "sca\xFF\xC2\x85我"'
printf '{"format": "attn-trace", "version": 1, "chapter": "c",\n "steps": [{"id": 3}]}' >trace.json
run "$attn" diff trace.json trace.json
expect 'a trace with a fault' 2 'trace.json:2:12: steps[0]: the key "tensors" is missing'

for locale in C POSIX de_DE.ISO-8859-1; do
  for chapter in scaled-dot-product nadaraya-watson soft-hard multi-head; do
    lines=$(LC_ALL=$locale "$attn" $chapter | LC_ALL=C grep -c '[^ -~]')
    [[ $lines == 0 ]] || { echo "FAILED: $chapter has $lines lines beyond ASCII"; failures=$((failures + 1)); }
  done
done
LC_ALL=C "$attn" scaled-dot-product --format json | cmp -s - <("$attn" scaled-dot-product --format json) ||
  { echo 'FAILED: JSON depends on the locale'; failures=$((failures + 1)); }

((failures == 0)) || exit 1
