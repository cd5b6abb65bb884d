#include <algorithm>

#include "attn/io/utf8.hpp"
#include "attn/io/yaml.hpp"

namespace attn::io {
namespace {

constexpr std::size_t block = 1024;

}  // namespace

Text::Text(Source source) : source_(std::move(source)), lines_{0} {
  const std::string_view text = source_.text;
  for (std::size_t i = text.find('\n'); i != std::string_view::npos; i = text.find('\n', i + 1)) {
    lines_.push_back(i + 1);
  }
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); i += block) {
    characters_.push_back(characters);
    characters += utf8_count(text.substr(i, block));
  }
}

std::size_t Text::characters_before(std::size_t byte) const {
  if (byte == 0) return 0;
  const std::size_t i = (byte - 1) / block;
  const std::string_view text = source_.text;
  return characters_[i] + utf8_count(text.substr(i * block, byte - i * block));
}

Place Text::place(std::size_t line, std::size_t column) const {
  const std::size_t size = source_.text.size();
  const std::size_t start = line <= lines_.size() ? lines_[line - 1] : size;
  const std::size_t byte = std::min(start + column - 1, size);
  return {source_.name, line, characters_before(byte) - characters_before(start) + 1};
}

}  // namespace attn::io
