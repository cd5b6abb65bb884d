#include "chapters/parts/width_names.hpp"

namespace attn::chapters {

io::FieldSpec width_names_field(const std::string& axis, const std::string& of) {
  return {.path = "tokens." + axis,
          .type = io::Type::tokens,
          .axes = axis,
          .meaning = "Names for the entries of " + of + ", shown beside or above them."};
}

void label_widths(const io::Config& config, const std::vector<std::string>& axes,
                  trace::Builder& trace) {
  for (const std::string& axis : axes) {
    if (config.has("tokens." + axis)) trace.label(axis, config.list("tokens." + axis));
  }
}

}  // namespace attn::chapters
