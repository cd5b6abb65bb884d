#include "attn/io/utf8.hpp"

#include <algorithm>
#include <cstdio>

namespace attn::io {
namespace {

unsigned byte(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
}

bool control(unsigned char c) {
  return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
}

/// Formats that people hand over by mistake.
const char* known_format(std::string_view text) {
  if (text.starts_with("\x93NUMPY")) return "this is a .npy file, not a text file";
  using namespace std::string_view_literals;
  if (text.starts_with("\xFF\xFE\0\0"sv) || text.starts_with("\0\0\xFE\xFF"sv)) {
    return "the file is in UTF-32; save it as UTF-8";
  }
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return "the file is in UTF-16; save it as UTF-8";
  }
  return nullptr;
}

std::string in_hex(unsigned char c) {
  char text[8];
  std::snprintf(text, sizeof text, "0x%02X", static_cast<unsigned>(c));
  return text;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  // The table of well-formed byte sequences: Unicode 15, section 3.9, table 3-7.
  const unsigned first = byte(text, 0), second = byte(text, 1);
  const auto tail = [&](std::size_t i) { return (byte(text, i) & 0xC0U) == 0x80U; };
  if (text.empty()) return 0;
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  if (first < 0xE0) return tail(1) ? 2 : 0;
  if (first < 0xF0) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80, high = first == 0xED ? 0x9F : 0xBF;
    return second >= low && second <= high && tail(2) ? 3 : 0;
  }
  const unsigned low = first == 0xF0 ? 0x90 : 0x80, high = first == 0xF4 ? 0x8F : 0xBF;
  return second >= low && second <= high && tail(2) && tail(3) ? 4 : 0;
}

std::size_t utf8_count(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & '\xC0') != '\x80'; }));
}

std::optional<Fault> not_text(const Source& source) {
  if (const char* message = known_format(source.text)) return Fault{{source.name, 1, 1}, message};
  if (source.text.find('\0') != std::string::npos) {
    return Fault{{source.name, 1, 1}, "this is a binary file (it has NUL bytes), not a text file"};
  }
  const std::string_view text = source.text;
  std::size_t line = 1, column = 1;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text.substr(i));
    const auto c = static_cast<unsigned char>(text[i]);
    if (length == 0) {
      return Fault{{source.name, line, column}, "byte " + in_hex(c) + " is not UTF-8 text"};
    }
    if (control(c)) {
      return Fault{{source.name, line, column},
                   "control character " + in_hex(c) + ": this is not a text file"};
    }
    ++column;
    if (c == '\n') ++line, column = 1;
    i += length;
  }
  return std::nullopt;
}

}  // namespace attn::io
