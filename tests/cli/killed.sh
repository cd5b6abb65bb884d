#!/usr/bin/env bash
# A grader that is killed at any moment leaves nothing running and nothing that the next one does not
# take away; and whatever happened, the tables in the end are the same. ATTN_KILLS=20 for a long run.
set -u
kills=${ATTN_KILLS:-3}
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir "$work/tmp" "$work/submissions"
chmod 1777 "$work/tmp"
export TMPDIR=$work/tmp
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

submission() {  # NAME CHANGE
  mkdir "$work/submissions/$1"
  cp "$ATTN_SOURCE_DIR"/lib/attn/mechanisms/{scale,scaled_dot}.cpp "$work/submissions/$1"
  sed -i "$2" "$work/submissions/$1/scaled_dot.cpp"
}
submission right ''
submission wrong 's/softmax(f.masked)/f.masked/'
submission sleeping 's/f.weights = softmax.*/for (double x = 1;; x = x > 9 ? 1 : x + 1) f.scaled(0, 0) = x;/'
submission broken '1i nonsense'
"$ATTN_PROGRAM" cases scaled-dot-product --seed 3 --count 1 --out "$work/cases" >/dev/null || exit 1

grade() {  # OUT [OPTION...]
  "$ATTN_PROGRAM" grade --submissions "$work/submissions" --cases "$work/cases" --out "$@" \
    --seconds 1 --jobs 2 >"$work/stdout" 2>"$work/stderr"
}
# What is left of the programs of a submission: all of them have our folder in their words.
left() { pgrep -f -- "$work" | grep -vx -e "$$" -e "$BASHPID"; }
same() {  # OUT WHAT
  cmp -s "$work/undisturbed/results.csv" "$work/$1/results.csv" || {
    fail "$2: other results"
    diff "$work/undisturbed/results.csv" "$work/$1/results.csv"
  }
}

grade "$work/undisturbed" || { fail 'it does not grade at all'; cat "$work/stderr"; exit 1; }

for ((n = 1; n <= kills; ++n)); do
  grade "$work/killed" &
  shell=$!
  sleep $((RANDOM % 3)).$((RANDOM % 1000))
  grader=$(pgrep -P $shell)
  [[ $grader ]] && kill -KILL $grader
  wait $shell 2>/dev/null
  for ((wait = 0; wait < 50; ++wait)); do [[ $(left) ]] || break; sleep 0.1; done
  [[ $(left) ]] && { fail "kill $n left processes:"; ps -o pid,user,args -p $(left); }
done
grade "$work/killed" || { fail 'it does not go on after being killed'; cat "$work/stderr"; }
same killed 'killed'

grade "$work/both" & first=$!
grade "$work/both" & second=$!
wait $first || fail 'two at once: the first'
wait $second || fail 'two at once: the second'
same both 'two at once'

HOME=/proc/1 grade "$work/homeless" || { fail 'without a home'; cat "$work/stderr"; }
same homeless 'without a home'

# Nobody is to be given the points that a full disk leaves.
if ((EUID == 0)) && unshare -m true 2>/dev/null; then
  unshare -m bash -c 'mount -t tmpfs -o size=1m,mode=1777 none "$TMPDIR" && exec "$@"' - \
    "$ATTN_PROGRAM" grade --submissions "$work/submissions" --cases "$work/cases" \
    --out "$work/full" --seconds 1 >/dev/null 2>&1
  grade "$work/full" || { fail 'after a full disk'; cat "$work/stderr"; }
  same full 'after a full disk'
fi

sleep 2.1  # what is newer may be somebody's
grade "$work/killed" || fail 'it does not find what it has graded'
[[ $(ls -A "$TMPDIR") ]] && { fail 'folders were left:'; ls -lA "$TMPDIR"; }
((failures == 0))
