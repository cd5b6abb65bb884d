#include "chapters/parts/parameters_shown.hpp"

namespace attn::chapters {

void show_parameters(const io::Config& config, const io::Schema& schema, trace::Builder& trace,
                     std::size_t most) {
  bool opened = false;
  const auto show = [&](const io::FieldSpec& field, const auto& value) {
    if (value.size() > most) return;
    if (!opened) {
      trace.step("parameters", "What was learned, or chosen",
                 "The matrices and vectors that the config gives under parameters:, by their names "
                 "there. With them every product that follows can be done again by hand.");
      opened = true;
    }
    trace.fold(true);
    trace.tensor({field.path, field.axes}, value);
    trace.fold(false);
  };
  for (const io::FieldSpec& field : schema.fields) {
    if (field.type != io::Type::tensor || !field.path.starts_with("parameters.")) continue;
    if (!config.has(field.path)) continue;
    const std::size_t axes = split_axes(field.axes).size();
    if (axes == 1) show(field, config.vector(field.path));
    if (axes == 2) show(field, config.matrix(field.path));
    if (axes == 3) show(field, config.tensor3(field.path));
  }
}

}  // namespace attn::chapters
