#include "attn/io/json_dialect.hpp"

#include <array>
#include <string_view>

namespace attn::io {
namespace {

struct Word {
  std::string_view found, instead;
};
/// As long as what they replace, where that is possible: then places in the text stay.
constexpr std::array<Word, 3> words{
    {{"-Infinity", "\"-inf\"   "}, {"Infinity", "\"inf\"   "}, {"NaN", "\"nan\""}}};

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// The word that stands at this place by itself, or nothing.
const Word* word_at(std::string_view text, std::size_t at) {
  if (at > 0 && letter(text[at - 1])) return nullptr;
  for (const Word& word : words) {
    if (text.substr(at, word.found.size()) != word.found) continue;
    const std::size_t after = at + word.found.size();
    if (after < text.size() && letter(text[after])) return nullptr;
    return &word;
  }
  return nullptr;
}

}  // namespace

std::optional<PlainJson> plain_json(const std::string& text) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  PlainJson plain;
  const std::string_view all = text;
  std::size_t copied = all.starts_with(mark) ? mark.size() : 0;
  bool in_text = false;
  for (std::size_t i = copied; i < all.size(); ++i) {
    const char c = all[i];
    if (c == '"') in_text = !in_text;
    if (c == '\\') ++i;  // only in texts
    if (in_text || (c != 'N' && c != 'I' && c != '-')) continue;
    const Word* word = word_at(all, i);
    if (word == nullptr) continue;
    plain.text.append(all.substr(copied, i - copied)).append(word->instead);
    if (word->instead.size() > word->found.size()) plain.longer.push_back(plain.text.size());
    i += word->found.size() - 1;
    copied = i + 1;
  }
  if (copied == 0) return std::nullopt;
  plain.text.append(all.substr(copied));
  return plain;
}

}  // namespace attn::io
