#!/usr/bin/env bash
# A student's way through a handout: it is built by its own launcher, run, filled in, graded, watched
# and solved.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree="$work/tree"
chapter=scaled-dot-product
export CCACHE_BASEDIR="$tree" CCACHE_NOHASHDIR=1  # so that the next time does not compile all again
unset NO_COLOR
export COLUMNS=100 LC_ALL=C.UTF-8

failures=0
fail() { echo "FAILED: $*"; echo "  status ${status-}"; sed 's/^/  | /' <<<"${out-}${err-}"; failures=$((failures + 1)); }
run() { out=$("$@" 2>"$work/stderr" </dev/null); status=$?; err=$(<"$work/stderr"); }
expect() {  # WHAT STATUS PART… of the output of the last run
  local what=$1 expected=$2 part
  shift 2
  [[ $status == "$expected" ]] || { fail "$what: expected status $expected"; return; }
  for part; do [[ $out == *"$part"* ]] || { fail "$what: expected \"$part\""; return; }; done
}
mechanisms="$tree/lib/attn/mechanisms"
fill() {  # STEP CODE: writes the code below the step's comment
  local file="$mechanisms/${1%%.*}.cpp"
  grep -q "// STEP $1 " "$file" || fail "no comment for $1"
  sed -i "/begins(\"$1\")/a\\    $2" "$file"
}

run "$ATTN_PROGRAM" handout $chapter --out "$tree"
expect 'hands out' 0 "$tree is a student's tree" '20 points'
cp -r "$mechanisms" "$work/blank"

cd "$tree" || exit 1
run ./attn build
[[ $status == 0 ]] || { fail 'the handout does not build'; exit 1; }

run ./attn $chapter
expect 'runs what there is' 0 '0 of 12 steps compute something' 'Not written yet: scale.scale' \
  './attn hint scale.scale'
place=$(grep -o 'lib/attn/mechanisms/[a-z_]*\.cpp:[0-9]*:3' <<<"$out")
line=${place#*:}
[[ $(sed -n "${line%:3}p" "${place%%:*}") == *'// STEP scale.scale '* ]] ||
  fail "the footer's place \"$place\" is not the step's"

run ./attn grade $chapter
expect 'grades a blank' 3 '0 of 20 points' 'Next: scale.scale' 'not written'
run ./attn grade
expect 'grades the course' 3 '0 of 20' "$chapter"

run ./attn hint scale.scale
expect 'gives a hint' 0 'scale.scale (hint 1 of 2)' 'standard deviation of sqrt(dk)' 'ask again'
first=$out
run ./attn hint scale.scale
expect 'gives another hint' 0 'scale.scale (hint 2 of 2)' 'make a double of it'
[[ $out != "$first" && $out != *'ask again'* ]] || fail 'the second hint is the first'
run ./attn hint scaled_dot.weights
expect 'has first hints for each step' 0 '(hint 1 of 2)'

# A known mistake, and two steps that are right whatever the scale is.
fill scale.scale 'scale = 1.0 / static_cast<double>(dk);'
fill scaled_dot.scores 'f.scores = matmul_nt(queries, keys);'
fill scaled_dot.scaled 'f.scaled = scale * f.scores;'
run ./attn grade $chapter
expect 'knows a mistake' 3 '✗ scale.scale' 'wrong: the square root forgotten' \
  'The first that is not right: scale.scale' 'those of a known mistake: the square root forgotten' \
  'The scale is 1/dk.' '3 of 20 points' 'All its numbers'
[[ $out == *'✓ scaled_dot.scores '*'2 of 2'*'done'* ]] || fail 'the scores have no points'
[[ $out == *'✓ scaled_dot.scaled '*'1 of 1'*'done'* ]] || fail 'a step does not start from right numbers'
[[ $out == *'· scaled_dot.masked '*'not written'* ]] || fail 'masked is not "not written"'
command=$(grep -o "\./attn $chapter tests/public/.*" <<<"$out")
run $command
expect 'shows the case' 0 'Not written yet: scaled_dot.masked'

# A wrong step that is no known mistake is shown by its numbers, with a hint.
sed -i 's|static_cast<double>(dk);|(3.0 + static_cast<double>(dk));|' "$mechanisms/scale.cpp"
run ./attn grade $chapter
expect 'shows what differs' 3 '✗ scale.scale' 'In case 0' 'expected' 'Hint: '
[[ $out != *'known mistake'* ]] || fail 'names a mistake that was not made'

# A step that throws.
fill scaled_dot.masked 'f.masked = f.scaled; throw std::invalid_argument("all went wrong");'
run ./attn $chapter
# The footer names the step after the last that computed something, or the walk says what it was.
[[ $status != 0 && $status -lt 4 && $out$err == *'all went wrong'* ]] || fail 'hides what was thrown'
run ./attn grade $chapter
expect 'grades what throws' 3 '✗ scaled_dot.masked' 'stops the program' '3 of 20 points' \
  'an error ended it: all went wrong'

# A step that crashes or never ends costs its own points and no more time than there is.
sed -i 's|throw std::invalid_argument("all went wrong");|std::abort();|' "$mechanisms/scaled_dot.cpp"
run ./attn grade $chapter
expect 'grades what crashes' 3 '✓ scaled_dot.scores' 'stops the program' '3 of 20 points' 'an abort' \
  'scaled_dot.masked stops the program, in case 0'
[[ $out == *'· scaled_dot.weights '*'not written'* ]] || fail 'does not see what comes after a crash'
sed -i 's|std::abort();|for (volatile bool on = true; on;) {}|' "$mechanisms/scaled_dot.cpp"
run ./attn grade $chapter
expect 'grades what never ends' 3 '✓ scaled_dot.scores' 'stops the program' '3 of 20 points' 'the end of its processor time'
run timeout 8 ./attn $chapter
[[ $status == 124 && $err == *'a loop that does not end?'*"./attn grade $chapter"* ]] ||
  fail 'says nothing of a loop that never ends'

# Watched: with an error in it from the beginning, as it is, and with a step.
cp "$work"/blank/{scale,scaled_dot}.cpp "$mechanisms"
./attn build 2>/dev/null
fill scale.scale 'scale = 1.0 / std::sqrt(forty_two);'
./attn watch $chapter --rounds 3 >"$work/watch" 2>&1 </dev/null &
watcher=$!
wait_for() {  # PATTERN TIMES
  for ((n = 0; n < 1200; ++n)); do
    (($(grep -c "$1" "$work/watch") >= $2)) && return
    sleep 0.1
  done
  out=$(<"$work/watch") err='' status=
  fail "waited in vain for the watcher to say \"$1\" $2 times"
}
wait_for 'Save a file to go on' 1
out=$(<"$work/watch") err=
[[ $out == *'scale.cpp:'*'error:'*'forty_two'*'It does not compile yet.'* ]] || fail 'the first round'
sleep 0.05
cp "$work/blank/scale.cpp" "$mechanisms"
wait_for 'Save a file to go on' 2
grep -q '0 of 20 points' "$work/watch" || { out=$(<"$work/watch"); fail 'the second round'; }
sleep 0.05
fill scale.scale 'scale = 1.0 / std::sqrt(static_cast<double>(dk));'
wait_for 'Save a file to go on' 3
wait $watcher
status=$? out=$(<"$work/watch") err=
expect 'watches' 0 '1 of 20 points' 'Next: scaled_dot.scores'

# Solved, line by line in the blanks.
reference="$ATTN_SOURCE_DIR/lib/attn/mechanisms"
cp "$work"/blank/scaled_dot.cpp "$mechanisms"
while read -r object field code; do
  fill "scaled_dot.$field" "$object.$field $code"
done < <(sed -n 's/^  \([fb]\)\.\([a-z_]*\) \(= .*;\).*/\1 \2 \3/p' "$reference/scaled_dot.cpp")
run ./attn grade $chapter --github "$work/github.txt"
expect 'is solved' 0 '20 of 20 points' 'Everything is done.'
[[ $out != *'✗'* && $out != *'·'* && $out != *'own numbers'* ]] || fail 'not every step is done'
[[ -s $work/github.txt ]] || fail 'nothing for GitHub Classroom'
run ./attn $chapter
expect 'says no more' 0
[[ $out != *'steps compute something'* ]] || fail 'the footer is still there'

# Solved by the library itself, in which no call ends a step.
cp "$reference"/{scale,scaled_dot}.cpp "$mechanisms"
run ./attn grade $chapter
expect 'the reference is right' 0 '20 of 20 points' 'Everything is done.'
run ./attn grade
expect 'the course is solved' 0 '20 of 20'

# A function that was renamed.
sed -i 's/double sqrt_dk(/double root_of(/' "$mechanisms/scale.cpp"
run ./attn grade $chapter
[[ $status == 1 && $err == *'lib/attn/mechanisms/scale.cpp does not define attn::scale::sqrt_dk(unsigned long). Is the'* ]] ||
  fail 'does not say which function is missing'
cp "$reference/scale.cpp" "$mechanisms"

# A student's tree is for students.
for command in "handout $chapter --out $work/more" "cases $chapter --seed 1 --out $work/more" 'course check'; do
  run ./attn $command
  [[ $status == 2 && $err == *"teacher's checkout"* && ! -e $work/more ]] || fail "attn $command"
done

run cmake --preset release -S "$tree" -B "$work/tests" -DATTN_TESTS=ON
[[ $status == 0 ]] || fail 'the tests cannot be configured'

((failures == 0))
