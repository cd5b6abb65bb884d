#!/usr/bin/env bash
# Default configs come out of the program byte for byte, whatever they contain.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/con figs"
cd "$work/con figs"

printf 'a: "注意 )\\" ; [x] ${y} @z@ \\n %%s )attn" ]]=] R"(\n' >words.yaml
printf 'nul \0 cr \r\n tab \t bell \a high \377\376 ??/ trigraph' >bytes.yaml
: >empty.yaml
head -c 100000 /dev/urandom >large.yaml
seq 1 12000 >lines.yaml
printf '%s\n' "$PWD"/*.yaml >../list

cmake -DLIST="$work/list" -DOUTPUT="$work/embedded.cpp" -P "$ATTN_SOURCE_DIR/cmake/EmbedConfigs.cmake"
cat >../main.cpp <<'CPP'
#include <fstream>
#include "chapters/embedded_configs.hpp"
int main() {
  for (const auto& config : attn::chapters::embedded_configs()) {
    std::ofstream(std::string(config.name) + ".out", std::ios::binary) << config.text;
  }
}
CPP
c++ -std=c++20 -I"$ATTN_SOURCE_DIR" ../main.cpp ../embedded.cpp -o ../dump
../dump
for config in *.yaml; do cmp "$config" "${config%.yaml}.out"; done
[[ $(ls ./*.out | wc -l) == 5 ]]
