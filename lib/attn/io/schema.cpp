#include "attn/io/schema.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace attn::io {

bool adds_only(const FieldSpec& field) {
  constexpr std::array<std::string_view, 4> sections{"tokens.", "study.", "compare.", "training."};
  if (field.required || !field.among.empty()) return false;
  return field.gives_way || std::any_of(sections.begin(), sections.end(), [&](auto section) {
           return field.path.starts_with(section);
         });
}

}  // namespace attn::io
