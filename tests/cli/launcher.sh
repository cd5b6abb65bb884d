#!/usr/bin/env bash
# The launcher, in a copy of the project that holds one tiny library and one tiny program.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copy="$work/a copy"
mkdir -p "$copy"/{lib/attn/core,chapters,configs} "$work/elsewhere"
cp -r "$ATTN_SOURCE_DIR"/{attn,cmake,CMakeLists.txt,CMakePresets.json} "$copy"
sed -i 's/\(option(ATTN_PCH .*\) ON)/\1 OFF)/' "$copy/CMakeLists.txt"  # not worth it for two lines
cp "$ATTN_SOURCE_DIR/chapters/embedded_configs.hpp" "$copy/chapters"
echo 'int answer() { return 42; }' >"$copy/lib/attn/core/matmul.cpp"
echo 'text' >"$copy/configs/one.yaml"
cat >"$copy/chapters/main.cpp" <<'CPP'
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include "chapters/embedded_configs.hpp"
int answer();
int main(int argc, char** argv) {
  std::cout << std::filesystem::current_path().filename().string() << ' ' << answer() << ' '
            << attn::chapters::embedded_configs().size();
  for (int i = 1; i < argc; ++i) std::cout << " [" << argv[i] << ']';
  std::cout << '\n';
  std::string line;
  while (argc == 1 && std::getline(std::cin, line)) std::cout << line << '\n';
  return argc > 2 ? std::atoi(argv[2]) : 0;
}
CPP
cd "$work/elsewhere" || exit 1

failures=0
run() { out=$("$@" 2>"$work/stderr" </dev/null); status=$?; err=$(<"$work/stderr"); }
check() {  # WHAT STATUS STDOUT STDERR-PATTERN, of the last run
  [[ $status == "$2" && $out == "$3" && $err == $4 ]] && return
  echo "FAILED: $1"
  echo "  status $status, expected $2"; echo "  stdout: $out"; echo "  stderr: $err"
  failures=$((failures + 1))
}
touch_later() { sleep 0.01; cat >"$1"; }
silent=''

run "$copy/attn" 'two words'
check 'builds, and passes arguments and folder on' 0 'elsewhere 42 1 [two words]' 'attn: building*'
[[ $err != *$'\n'* ]] || { echo 'FAILED: more than one line while building'; failures=$((failures + 1)); }

run "$copy/attn" x 3
check 'says nothing when nothing has changed, and passes the status on' 3 'elsewhere 42 1 [x] [3]' "$silent"

out=$(echo input | "$copy/attn") status=$? err=
check 'leaves standard input to the program' 0 $'elsewhere 42 1\ninput' "$silent"

ln -s "$copy" "$work/linked folder" && ln -s '../linked folder/attn' "$work/elsewhere/link"
run ./link x
check 'runs through symbolic links' 0 'elsewhere 42 1 [x]' "$silent"

echo 'more' | touch_later "$copy/configs/two.yaml"
run "$copy/attn" x
check 'sees a new config' 0 'elsewhere 42 2 [x]' 'attn: building*'

echo 'int answer() { return forty_two; }' | touch_later "$copy/lib/attn/core/matmul.cpp"
run "$copy/attn" x
check 'shows the error of the compiler' 1 '' '*matmul.cpp:1:*error:*forty_two*'
[[ $err != *FAILED* && $err != *ninja* && $err != *' -c '* && $err != *'[1/'* ]] ||
  { echo "FAILED: more than the compiler's messages: $err"; failures=$((failures + 1)); }

echo 'int other() { return 42; }' | touch_later "$copy/lib/attn/core/matmul.cpp"
run "$copy/attn" x
check 'shows the error of the linker' 1 '' '*undefined reference*answer*'

echo 'int answer() { return 43; }' | touch_later "$copy/lib/attn/core/matmul.cpp"
run "$copy/attn" build
check 'recovers when the error is mended, and only builds when asked' 0 '' 'attn: building*'

cp "$copy/CMakeLists.txt" "$work/good"
echo 'nonsense()' >>"$copy/CMakeLists.txt"
run "$copy/attn" x
check "shows CMake's error" 1 '' 'CMake Error at CMakeLists.txt:*Unknown CMake command*nonsense*'
[[ $err != *'-- '* ]] || { echo "FAILED: more than CMake's error: $err"; failures=$((failures + 1)); }
cp "$work/good" "$copy/CMakeLists.txt"
run "$copy/attn" x
check 'recovers when the error is mended' 0 'elsewhere 43 2 [x]' '*'

echo 'nonsense' >"$copy/build/release/CMakeCache.txt"
touch "$copy/CMakeLists.txt"
run "$copy/attn" x
check 'survives a damaged cache' 0 'elsewhere 43 2 [x]' '*'

echo 'nonsense' >"$copy/build/release/build.ninja"
run "$copy/attn" x
check 'survives a damaged build file' 0 'elsewhere 43 2 [x]' '*'

mv "$copy" "$work/moved"
run "$work/moved/attn" x
check 'survives being moved' 0 'elsewhere 43 2 [x]' 'attn: building*'
copy="$work/moved"

rm -rf "$copy/build"
"$copy/attn" first >"$work/first" 2>&1 &
run "$copy/attn" second
check 'waits for another launcher' 0 'elsewhere 43 2 [second]' '*'
wait $!
status=$? out=$(tail -n 1 "$work/first") err=
check 'runs beside another launcher' 0 'elsewhere 43 2 [first]' '*'

for moment in 0.05 0.3 0.6; do  # while configuring, while compiling, ...
  rm -rf "$copy/build"
  setsid "$copy/attn" x >/dev/null 2>&1 &
  sleep $moment
  kill -KILL -- -$! 2>/dev/null
  wait $! 2>/dev/null
  run "$copy/attn" x
  check "survives being killed after $moment s" 0 'elsewhere 43 2 [x]' '*'
done

# On a terminal there is one line, and in the end it is gone.
echo 'int answer() { return 44; }' | touch_later "$copy/lib/attn/core/matmul.cpp"
out=$(script -qec "'$copy/attn' x" /dev/null </dev/null | tr -d '\r') status=$? err=
case $out in
  *'attn: building'*$'\033[K''elsewhere 44 2 [x]') ;;
  *) echo "FAILED: progress on a terminal: $out"; failures=$((failures + 1)) ;;
esac
[[ $out != *$'\n'* ]] || { echo 'FAILED: more than a line on a terminal'; failures=$((failures + 1)); }

echo 'int answer() { return forty_two; }' | touch_later "$copy/lib/attn/core/matmul.cpp"
out=$(script -qec "'$copy/attn' x" /dev/null </dev/null | tr -d '\r') err=
[[ $out == *'forty_two'* && $out != *FAILED* && $out != *ninja* && $out != *' -c '* ]] ||
  { echo "FAILED: an error on a terminal: $out"; failures=$((failures + 1)); }
[[ -e $copy/build/release/attn ]] ||
  { echo 'FAILED: an error removed what was built'; failures=$((failures + 1)); }

((failures == 0))
