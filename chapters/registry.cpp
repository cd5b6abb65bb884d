#include "chapters/registry.hpp"

#include <stdexcept>

#include "chapters/embedded_configs.hpp"

namespace attn::chapters {

std::span<const Chapter* const> all() {
  static constexpr const Chapter* chapters[] = {
      &nadaraya_watson,
      &scoring,
      &scaled_dot_product,
  };
  return chapters;
}

const Chapter* find(std::string_view name) {
  for (const Chapter* chapter : all()) {
    if (chapter->name == name) return chapter;
  }
  return nullptr;
}

std::string_view default_config(const Chapter& chapter) {
  for (const EmbeddedConfig& config : embedded_configs()) {
    if (config.name == chapter.name) return config.text;
  }
  throw std::logic_error("no configs/" + std::string(chapter.name) + ".yaml was built in");
}

}  // namespace attn::chapters
