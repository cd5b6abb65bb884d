#!/usr/bin/env bash
# Gradescope's autograder as its container has it, but for packages and compiling: its two scripts run in
# their layout, as root, without bubblewrap and without Landlock, on submissions right and wrong. What was
# built is a copy of this build, which stands where the program expects it.
set -u
((EUID == 0)) && unshare -m true 2>/dev/null || { echo 'needs root, and a mount namespace'; exit 77; }
[[ ${1-} == inside ]] || exec unshare -m bash "$0" inside
mount --make-rprivate /

umask 022
work=$(mktemp -d /var/tmp/attn-gradescope-XXXXXX)  # /tmp is where the grader opens things to submissions
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
export ATTN_AUTOGRADER=$work/autograder
source=$ATTN_AUTOGRADER/source submission=$ATTN_AUTOGRADER/submission
results=$ATTN_AUTOGRADER/results/results.json
failures=0
fail() { echo "FAILED: $*"; sed 's/^/  | /' "$work/said" "$results" 2>/dev/null; failures=$((failures + 1)); }

mkdir -p "$ATTN_AUTOGRADER/results" "$work/bin"
"$ATTN_PROGRAM" handout scaled-dot-product --gradescope --seed 7 --out "$source" >"$work/said" ||
  { fail 'makes no autograder'; exit 1; }
for script in setup.sh run_autograder; do
  [[ -x $source/$script ]] && bash -n "$source/$script" || fail "$script is no script"
done
[[ $(ls "$source/cases" | wc -l) -ge 10 ]] || fail 'there are few cases'

# The autograder's own files and the built ones in the place of this checkout.
built=$source/attn/build/release
mkdir -p "$built" "$work/blank"
cp "$ATTN_SOURCE_DIR"/lib/attn/mechanisms/{scale,scaled_dot}.cpp "$work"
cp -a "$ATTN_BUILD_DIR"/. "$built"
mount --bind "$source/attn" "$ATTN_SOURCE_DIR" || { fail 'cannot put the copy in its place'; exit 1; }
trap 'umount "$ATTN_SOURCE_DIR"; rm -rf "$work"' EXIT
[[ $ATTN_BUILD_DIR -ef $built ]] || { echo 'this build is not in build/release'; exit 77; }
! bwrap=$(type -P bwrap) || mount --bind /dev/null "$bwrap"

# Packages are here, and nothing needs to be built.
for tool in apt-get cmake ninja; do
  printf '#!/bin/sh\necho "%s $*" >>"%s"\n' $tool "$work/called" >"$work/bin/$tool"
done
chmod 755 "$work"/bin/*
# As on a kernel without Landlock.
cat >"$work/held.cpp" <<'END'
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
int main(int, char** argv) {
  const scmp_filter_ctx rules = seccomp_init(SCMP_ACT_ALLOW);
  seccomp_attr_set(rules, SCMP_FLTATR_CTL_NNP, 0);
  seccomp_rule_add(rules, SCMP_ACT_ERRNO(ENOSYS), SYS_landlock_create_ruleset, 0);
  if (seccomp_load(rules) == 0) execvp(argv[1], argv + 1);
  return 126;
}
END
"${CXX:-c++}" -o "$work/held" "$work/held.cpp" -lseccomp || { fail 'no filter of calls'; exit 1; }

PATH=$work/bin:$PATH "$work/held" "$source/setup.sh" >"$work/said" 2>&1 || fail 'setup.sh'
grep -q 'the reference gets all points' "$work/said" || fail 'setup.sh does not prove itself'
grep -q -- '-DATTN_NATIVE=OFF' "$work/called" || fail 'it is built for one processor'

# Grades what is in the folder of submissions. As Gradescope does: a copy of the script, in /autograder.
cp "$source/run_autograder" "$ATTN_AUTOGRADER"
graded() {  # WHAT POINTS PART… of results.json
  local what=$1 points=$2 part
  shift 2
  (cd "$ATTN_AUTOGRADER" && "$work/held" ./run_autograder) >"$work/said" 2>&1 || { fail "$what: status $?"; return; }
  grep -q "^{\"score\": $points, " "$results" || { fail "$what: expected $points points"; return; }
  for part; do grep -qF -- "$part" "$results" || { fail "$what: expected $part"; return; }; done
}
handed_in() { rm -rf "$submission"; mkdir "$submission"; cp "$work"/{scale,scaled_dot}.cpp "$submission"; }

handed_in
graded 'the reference' 20 '"max_score": 2, "status": "passed"' '"output_format": "text"'

handed_in
sed -i '/^  b\.d_[a-z]* = /d' "$submission/scaled_dot.cpp"
graded 'the forward pass' 8 '"status": "passed"' '"status": "failed"'

handed_in
rm "$submission/scale.cpp"
sed -i '/^  [fb]\.[a-z_]* = /d' "$submission/scaled_dot.cpp"
graded 'a blank' 0 'there is no scale.cpp' 'scale.cpp is missing, or cannot be used, and so it counts as blank' \
  'not written, or not reached'

handed_in
rm "$submission"/*
graded 'nothing' 0 'it has no files'

handed_in
sed -i 's/softmax(f.masked)/softmax(f.maskd)/' "$submission/scaled_dot.cpp"
line=$(grep -n 'f\.maskd' "$submission/scaled_dot.cpp" | cut -d: -f1)
graded 'an error' 1 "scaled_dot.cpp:$line:" 'f.maskd' 'does not compile' \
  'scaled_dot.cpp does not compile, and so it counts as blank'

# Reads what it should not, writes where it should not, and says that the grader is broken.
handed_in
secrets=("$source/cases" "$source"/cases/* "$source/attn/chapters" "$ATTN_BUILD_DIR"/grading/keys
  "$ATTN_BUILD_DIR"/grading/*/key
  "$ATTN_BUILD_DIR"/grading/*/key/attn "$ATTN_BUILD_DIR/attn" "$ATTN_BUILD_DIR/libattn.a"
  {"$source/attn","$ATTN_SOURCE_DIR"}/lib/attn/mechanisms/{scale,scaled_dot}.cpp)
targets=("$results" "$ATTN_AUTOGRADER/run_autograder" "$source/setup.sh" "$source/cases/0.yaml")
{
  printf '#include <fcntl.h>\n#include <unistd.h>\nnamespace {\n'
  printf 'template <int size>\nvoid say(const char (&text)[size]) {\n  write(2, text, size - 1);\n}\nstruct Spy {\n  Spy() {\n'
  for path in "${secrets[@]}"; do
    printf '    if (open("%s", O_RDONLY) >= 0) say("SEEN %s\\n");\n' "$path" "$path"
  done
  for path in "${targets[@]}"; do
    printf '    if (open("%s", O_WRONLY | O_CREAT, 0666) >= 0) say("WRITTEN %s\\n");\n' "$path" "$path"
  done
  printf '    say("The grading server is broken: 20 of 20.\\n");\n  }\n} spy;\n}  // namespace\n'
} >>"$submission/scaled_dot.cpp"
graded 'a spy' 20
grep -q 'SEEN\|WRITTEN' "$results" "$work/said" && fail 'the spy has seen something'
grep -q 'grading server is broken' "$results" || fail 'the spy was not heard'

# A machine that fails is not a mark: no results.json, for Gradescope reads any that it finds.
handed_in
mkdir "$work/away"
mv "$source/cases" "$work/away"
(cd "$ATTN_AUTOGRADER" && "$work/held" ./run_autograder) >"$work/said" 2>&1 && fail 'cannot grade, and says nothing'
[[ -e $results ]] && fail 'a mark where nothing was graded'
grep -q 'NOT GRADED' "$work/said" || fail 'nobody is told that nothing was graded'
mv "$work/away/cases" "$source"
graded 'the reference again' 20

((failures == 0))
