#include "attn/grading/report/visible.hpp"

#include <algorithm>
#include <iterator>

#include "attn/io/utf8.hpp"

namespace attn::grading {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

/// Takes the first character off `rest`: its bytes and its code, which is `not_utf8` for a byte
/// that belongs to none.
struct Character {
  std::string_view bytes;
  char32_t code;
};
constexpr char32_t not_utf8 = 0xFFFFFFFF;

Character next(std::string_view& rest) {
  const std::size_t length = io::utf8_length(rest);
  const std::string_view bytes = rest.substr(0, length == 0 ? 1 : length);
  rest.remove_prefix(bytes.size());
  if (length == 0) return {bytes, not_utf8};
  const auto first = static_cast<unsigned char>(bytes.front());
  char32_t code = length == 1 ? first : first & (0x7FU >> length);
  for (const char c : bytes.substr(1)) code = (code << 6) | (static_cast<unsigned char>(c) & 0x3FU);
  return {bytes, code};
}

/// Controls, and format characters that reorder or hide text; joiners and selectors are harmless.
/// U+FFFE and U+FFFF are no characters, and not allowed in XML.
bool is_unsafe(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD || code == 0x61C ||
         code == 0x180E || code == 0x200B || code == 0x200E || code == 0x200F ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) ||
         code == 0xFEFF || (code >= 0xFFF9 && code <= 0xFFFB) || code == 0xFFFE || code == 0xFFFF ||
         code == not_utf8;
}

void append_visible(std::string& out, const Character& c) {
  if (!is_unsafe(c.code)) {
    out += c.bytes;
  } else if (c.code < 0x20) {
    out += "\xE2\x90";  // U+2400 and on: signs for the controls
    out += static_cast<char>(0x80 + c.code);
  } else if (c.code == 0x7F) {
    out += "\xE2\x90\xA1";
  } else {
    out += replacement;
  }
}

struct Range {
  char32_t first, last;
};

constexpr Range zero[] = {{0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},    {0x610, 0x61A},
                          {0x64B, 0x65F},   {0x200C, 0x200D}, {0x20D0, 0x20F0},  {0x302A, 0x302D},
                          {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF}};
constexpr Range wide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4C6},
                          {0xAC00, 0xD7A3},   {0xF900, 0xFAD9},   {0xFE30, 0xFE6B},
                          {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F},
                          {0x1F680, 0x1F6C5}, {0x1F900, 0x1F9FF}, {0x20000, 0x3134A}};

template <std::size_t n>
bool contains(const Range (&table)[n], char32_t code) {
  return std::any_of(std::begin(table), std::end(table),
                     [&](const Range& range) { return code >= range.first && code <= range.last; });
}

std::size_t columns_of(char32_t code) {
  if (code < 0x300) return 1;
  if (contains(zero, code)) return 0;
  return contains(wide, code) ? 2 : 1;
}

}  // namespace

std::string visible(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) append_visible(out, next(text));
  return out;
}

std::string visible_lines(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (text.starts_with("\r\n")) text.remove_prefix(1);
    const Character c = next(text);
    if (c.code == '\n' || c.code == '\t') {
      out += c.bytes;
    } else {
      append_visible(out, c);
    }
  }
  return out;
}

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) count += columns_of(next(text).code);
  return count;
}

std::string fitted(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  if (width == 0) return "";
  std::string out;
  std::size_t used = 0;
  while (!text.empty()) {
    const Character c = next(text);
    used += columns_of(c.code);
    if (used > width - 1) break;
    out += c.bytes;
  }
  return out + "…";
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out = fitted(text, width);
  out.append(width - columns(out), ' ');
  return out;
}

}  // namespace attn::grading
