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

# What is saved while a build runs. This compiler reads, waits, and only then writes.
cat >"$work/slow-c++" <<CPP
#!/bin/bash
if [[ \$* == *' -c '*matmul.cpp && -e "$work/hold" ]]; then
  c++ "\$@" || exit
  touch "$work/reached"
  while [[ -e "$work/hold" ]]; do sleep 0.02; done
  while [[ \$1 != -o ]]; do shift; done
  exec touch "\$2"
fi
exec c++ "\$@"
CPP
chmod +x "$work/slow-c++"
export CCACHE_DISABLE=1 CXX="$work/slow-c++"
run "$copy/attn" build
hold_while_saving() {  # ANSWER-BEFORE ANSWER-WHILE, in a build that goes on in the background
  touch "$work/hold"
  echo "int answer() { return $1; }" | touch_later "$copy/lib/attn/core/matmul.cpp"
  "$copy/attn" x >"$work/stdout" 2>"$work/stderr" &
  for ((n = 0; n < 500; ++n)); do [[ -e $work/reached ]] && break; sleep 0.02; done
  echo "$2" >"$copy/lib/attn/core/matmul.cpp"
  rm -f "$work/hold" "$work/reached"
}
hold_while_saving 50 'int answer() { return 51; }'
wait $!
status=$? out=$(<"$work/stdout") err=
check 'builds again what is saved while it builds' 0 'elsewhere 51 2 [x]' "$silent"
hold_while_saving 'fifty_two' 'int answer() { return 53; }'  # an error does not reach the wait
wait $!
run "$copy/attn" x
check 'builds what was saved after an error' 0 'elsewhere 53 2 [x]' '*'

touch "$work/hold"
echo 'int answer() { return 54; }' | touch_later "$copy/lib/attn/core/matmul.cpp"
setsid "$copy/attn" x >/dev/null 2>&1 &
for ((n = 0; n < 500; ++n)); do [[ -e $work/reached ]] && break; sleep 0.02; done
echo 'int answer() { return 55; }' >"$copy/lib/attn/core/matmul.cpp"
kill -KILL $!  # the launcher alone: ninja and the compiler come to their end
rm -f "$work/hold" "$work/reached"
wait $! 2>/dev/null
run "$copy/attn" x
check 'builds what was saved before it was killed' 0 'elsewhere 55 2 [x]' '*'

echo 'int answer() { return 56; }' >"$copy/lib/attn/core/matmul.cpp"
touch -d '1 hour ago' "$copy/lib/attn/core/matmul.cpp"
run "$copy/attn" x
check 'sees a change that is older than what was built' 0 'elsewhere 56 2 [x]' '*'
echo 'more' >"$copy/configs/two.yaml"
touch -d '1 hour ago' "$copy/configs/two.yaml"
chmod u+x "$copy/lib/attn/core/matmul.cpp"
run "$copy/attn" x
run "$copy/attn" x
check 'builds nothing where no content has changed' 0 'elsewhere 56 2 [x]' "$silent"
unset CCACHE_DISABLE CXX

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
