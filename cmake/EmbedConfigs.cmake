# cmake -DLIST=paths.txt -DOUTPUT=embedded_configs.cpp -P EmbedConfigs.cmake
#
# Writes the files named in LIST, one path a line, as string literals. Every byte becomes an escape,
# so that no content can end a literal, and a line of 32 bytes a literal, so that none is too long.
file(STRINGS ${LIST} paths)
set(entries "")
foreach(path IN LISTS paths)
  get_filename_component(name "${path}" NAME_WE)
  file(SIZE "${path}" size)
  file(READ "${path}" hex HEX)
  string(REGEX REPLACE "(..)" "\\\\x\\1" escapes "${hex}")
  string(REPEAT "...." 32 line)
  string(REGEX REPLACE "(${line})" "\\1\"\n     \"" literal "${escapes}")
  string(APPEND entries "    {\"${name}\",\n     {\"${literal}\",\n      ${size}}},\n")
endforeach()

list(LENGTH paths count)
file(WRITE ${OUTPUT} "#include \"chapters/embedded_configs.hpp\"

#include <array>

namespace attn::chapters {
namespace {
constexpr std::array<EmbeddedConfig, ${count}> kConfigs{{
${entries}}};
}  // namespace

std::span<const EmbeddedConfig> embedded_configs() { return kConfigs; }
}  // namespace attn::chapters
")
