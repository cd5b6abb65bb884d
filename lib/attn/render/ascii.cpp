#include "attn/render/ascii.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "attn/render/display_width.hpp"

namespace attn::render {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 43> signs{{
    {"─", "-"},  {"━", "-"},  {"╸", "-"},   {"╴", "."}, {"│", "|"}, {"┌", "+"},  {"┐", "+"},
    {"└", "+"},  {"┘", "+"},  {"├", "+"},   {"┤", "+"}, {"┬", "+"}, {"┴", "+"},  {"┼", "+"},
    {"…", "~"},  {"·", "."},  {"✓", "+"},   {"✗", "x"}, {"×", "x"}, {"±", "+-"}, {"−", "-"},
    {"–", "-"},  {"“", "\""}, {"”", "\""},  {"‘", "'"}, {"’", "'"}, {"→", ">"},  {"←", "<"},
    {"↓", "v"},  {"↑", "^"},  {"∞", "inf"}, {"░", "."}, {"▒", ":"}, {"▓", "#"},  {"█", "@"},
    {"▀", "\""}, {"▄", "_"},  {"■", "#"},   {"◆", "*"}, {"▲", "^"}, {"●", "o"},  {"○", "o"},
    {"≈", "~"},
}};

/// The dots of a plot: U+2800 and a bit for each of eight dots, of which 1, 2, 4, 5 are the upper.
std::string dots(std::string_view sign) {
  const unsigned bits = ((static_cast<unsigned char>(sign[1]) & 3U) << 6U) |
                        (static_cast<unsigned char>(sign[2]) & 0x3FU);
  const bool upper = (bits & 0x1BU) != 0, lower = (bits & 0xE4U) != 0;
  return upper && lower ? ":" : upper ? "'" : lower ? "." : " ";
}

std::string in_place_of(const Glyph& glyph) {
  const std::string_view sign = glyph.bytes;
  const auto* const known = std::find_if(signs.begin(), signs.end(),
                                         [&](const Pair& pair) { return pair.first == sign; });
  if (known != signs.end()) return std::string(known->second);
  if (sign.size() == 3 && sign[0] == '\xE2' && sign[1] >= '\xA0' && sign[1] <= '\xA3')
    return dots(sign);
  return std::string(glyph.width, '?');
}

}  // namespace

std::string to_ascii(std::string_view text) {
  std::string ascii;
  ascii.reserve(text.size());
  while (!text.empty()) {
    if (static_cast<unsigned char>(text.front()) < 0x80) {  // also what colours a terminal
      ascii += text.front();
      text.remove_prefix(1);
      continue;
    }
    const Glyph glyph = next_glyph(text);
    const std::string instead = in_place_of(glyph);
    // Numbers stand at the right of their column: a longer one takes the spaces before it.
    for (std::size_t more = glyph.width; more < instead.size(); ++more) {
      std::size_t at = ascii.size();
      while (at > 0 && (ascii[at - 1] == '-' || ascii[at - 1] == '+'))
        --at;  // the sign of a number
      if (at >= 2 && ascii[at - 1] == ' ' && ascii[at - 2] == ' ') ascii.erase(at - 1, 1);
    }
    ascii += instead;
  }
  return ascii;
}

}  // namespace attn::render
