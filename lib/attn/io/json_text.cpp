#include "attn/io/json_text.hpp"

#include <charconv>
#include <cmath>

#include "attn/io/utf8.hpp"

namespace attn::io {

void append_json(std::string& json, std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  json += '"';
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const char c = text.front();
    if (length == 0) {
      json += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      (json += '\\') += c;
    } else if (c == '\n') {
      json += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      json += "\\u00";
      json += hex[c >> 4];
      json += hex[c & 15];
    } else {
      json += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  json += '"';
}

void append_json(std::string& json, double value) {
  if (std::isnan(value)) {
    json += "\"nan\"";
  } else if (std::isinf(value)) {
    json += value > 0.0 ? "\"inf\"" : "\"-inf\"";
  } else if (value == 0.0 && std::signbit(value)) {
    json += "-0.0";  // "-0" is the integer 0 to many readers
  } else {
    char text[32];
    const auto [end, error] = std::to_chars(text, text + sizeof text, value);
    json.append(text, end);
  }
}

}  // namespace attn::io
