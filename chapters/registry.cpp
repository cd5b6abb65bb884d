#include "chapters/registry.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "attn/io/suggestions.hpp"
#include "chapters/embedded_configs.hpp"

namespace attn::chapters {

std::span<const Chapter* const> all() {
  // One a line, since handouts leave some out.
  // clang-format off
  static constexpr const Chapter* chapters[] = {
      &nadaraya_watson,
      &scoring,
      &seq2seq,
      &bahdanau,
      &global_local,
      &soft_hard,
      &scaled_dot_product,
      &self_attention,
      &positional_encoding,
      &multi_head,
      &transformer_encoder,
      &transformer_decoder,
  };
  // clang-format on
  return chapters;
}

const Chapter* after(const Chapter& chapter) {
  const std::span<const Chapter* const> chapters = all();
  for (std::size_t i = 0; i + 1 < chapters.size(); ++i) {
    if (chapters[i] == &chapter) return chapters[i + 1];
  }
  return nullptr;
}

const Chapter* find(std::string_view name) {
  for (const Chapter* chapter : all()) {
    if (chapter->name == name) return chapter;
  }
  return nullptr;
}

const Chapter& named_in(const io::Source& source) {
  const auto [name, place] = io::chapter_of(source);
  if (const Chapter* chapter = find(name)) return *chapter;
  std::vector<std::string> names;
  for (const Chapter* chapter : all()) names.emplace_back(chapter->name);
  const std::string near = io::nearest(name, names);
  throw io::InputError(place,
                       fmt::format("found chapter \"{}\"{}", name,
                                   near.empty() ? ", and there is none; `attn list` names them"
                                                : "; did you mean \"" + near + "\"?"));
}

std::string_view default_config(const Chapter& chapter) {
  for (const EmbeddedConfig& config : embedded_configs()) {
    if (config.name == chapter.name) return config.text;
  }
  throw std::logic_error("no configs/" + std::string(chapter.name) + ".yaml was built in");
}

}  // namespace attn::chapters
