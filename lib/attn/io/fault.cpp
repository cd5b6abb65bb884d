#include "attn/io/fault.hpp"

#include <algorithm>
#include <string_view>

#include "attn/io/utf8.hpp"

namespace attn::io {
namespace {

/// Names and values in messages may have anything in them: a terminal must not see control
/// characters, those of the second hundred (U+0080 to U+009F) among them, or bytes that are no
/// text.
std::string printable(const std::string& text) {
  std::string result;
  const auto escape = [&](char byte) {
    constexpr char hex[] = "0123456789ABCDEF";
    const auto code = static_cast<unsigned char>(byte);
    result += {'\\', 'x', hex[code >> 4U], hex[code & 15U]};
  };
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = std::string_view(text).substr(i);
    const std::size_t length = utf8_length(rest);
    const auto code = static_cast<unsigned char>(rest.front());
    const bool control =
        length == 1 ? code < 0x20 || code == 0x7F
                    : length == 2 && code == 0xC2 && static_cast<unsigned char>(rest[1]) < 0xA0;
    if (rest.front() == '\n') {
      result += "\\n";
    } else if (length == 0 || control) {
      for (const char byte : rest.substr(0, std::max<std::size_t>(length, 1))) escape(byte);
    } else {
      result += rest.substr(0, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  return result;
}

/// At most some lines of a terminal, cut between two characters.
std::string shortened(std::string text) {
  constexpr std::size_t longest = 600;
  if (text.size() <= longest) return text;
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + " …";
}

std::string lines_of(const std::vector<Fault>& faults) {
  std::string text;
  for (const Fault& fault : faults) {
    if (!text.empty()) text += '\n';
    text += printable(to_string(fault.place)) + ": " + shortened(printable(fault.message));
  }
  return text;
}

}  // namespace

std::string to_string(const Place& place) {
  if (place.line == 0) return place.source;
  return place.source + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

InputError::InputError(std::vector<Fault> faults)
    : std::runtime_error(lines_of(faults)), faults_(std::move(faults)) {}

InputError::InputError(Place place, std::string message)
    : InputError(std::vector<Fault>{{std::move(place), std::move(message)}}) {}

}  // namespace attn::io
