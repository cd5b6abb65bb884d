#include "attn/render/display_width.hpp"

#include <algorithm>
#include <iterator>

#include "attn/render/width_table.hpp"

namespace attn::render {
namespace {

constexpr char32_t not_utf8 = 0xFFFFFFFF;
constexpr char32_t joiner = 0x200D;          // ZWJ: the emoji after it joins the one before
constexpr char32_t emoji_selector = 0xFE0F;  // VS16: the character before it is drawn as an emoji
constexpr std::string_view replacement = "\xEF\xBF\xBD";    // U+FFFD
constexpr std::string_view dotted_circle = "\xE2\x97\x8C";  // carries a mark that has no character

struct Decoded {
  char32_t code;
  std::size_t bytes;
};

/// The first character of `text`. Overlong forms, surrogates and cut sequences are one bad byte.
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {not_utf8, 1};
  char32_t code = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {not_utf8, 1};
    code = (code << 6) | (byte(i) & 0x3Fu);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < least[length] || code > 0x10FFFF || surrogate) return {not_utf8, 1};
  return {code, length};
}

template <std::size_t n>
bool contains(const Range (&table)[n], char32_t code) {
  const Range* range = std::partition_point(std::begin(table), std::end(table),
                                            [&](const Range& r) { return r.last < code; });
  return range != std::end(table) && range->first <= code;
}

std::size_t width_of(char32_t code) {
  if (code < 0x300 || (code >= 0x2500 && code < 0x25FC) || (code >= 0x2800 && code < 0x2900)) {
    return 1;  // letters, lines, blocks, braille: most of what is drawn
  }
  if (contains(zero, code)) return 0;
  return contains(wide, code) ? 2 : 1;
}

bool is_flag_half(char32_t code) { return code >= 0x1F1E6 && code <= 0x1F1FF; }
bool is_skin_tone(char32_t code) { return code >= 0x1F3FB && code <= 0x1F3FF; }

/// Controls, and format characters that reorder or hide text; joiners and selectors are harmless.
bool is_unsafe(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD || code == 0x61C ||
         code == 0x180E || code == 0x200B || code == 0x200E || code == 0x200F ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) ||
         code == 0xFEFF || (code >= 0xFFF9 && code <= 0xFFFB) || code == 0xFFFE || code == 0xFFFF ||
         code == not_utf8;  // the two before are no characters
}

/// The sign that stands for a character: those below 0x20 and DEL have signs of their own.
void append_sign(std::string& out, char32_t code) {
  if (code < 0x20) {
    out += "\xE2\x90";
    out += static_cast<char>(0x80 + code);
  } else if (code == 0x7F) {
    out += "\xE2\x90\xA1";
  } else {
    out += replacement;
  }
}

}  // namespace

Glyph next_glyph(std::string_view& rest) {
  const Decoded first = decode(rest);
  std::size_t bytes = first.bytes;
  std::size_t width = width_of(first.code);
  bool joined = false;
  bool flag = is_flag_half(first.code);
  while (bytes < rest.size()) {
    const Decoded next = decode(rest.substr(bytes));
    const bool second_half = flag && is_flag_half(next.code);
    if (second_half) {
      width = 2;
      flag = false;
    } else if (next.code == emoji_selector) {
      if (width == 1) width = 2;
    } else if (!(joined && width == 2) && !(width == 2 && is_skin_tone(next.code)) &&
               width_of(next.code) != 0) {
      break;
    }
    joined = next.code == joiner;
    bytes += next.bytes;
  }
  const Glyph glyph{rest.substr(0, bytes), width};
  rest.remove_prefix(bytes);
  return glyph;
}

std::size_t display_width(std::string_view text) {
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
  if (ascii) return text.size();
  std::size_t columns = 0;
  while (!text.empty()) columns += next_glyph(text).width;
  return columns;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  if (!text.empty()) {
    const char32_t code = decode(text).code;
    if (code != not_utf8 && width_of(code) == 0 && !is_unsafe(code)) out += dotted_circle;
  }
  while (!text.empty()) {
    const Decoded next = decode(text);
    if (is_unsafe(next.code)) {
      append_sign(out, next.code);
    } else {
      out += text.substr(0, next.bytes);
    }
    text.remove_prefix(next.bytes);
  }
  return out;
}

std::string shortened(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const Glyph glyph = next_glyph(text);
    if (used + glyph.width > columns - 1) break;
    out += glyph.bytes;
    used += glyph.width;
  }
  return out + "…";
}

}  // namespace attn::render
