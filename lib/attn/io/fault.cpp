#include "attn/io/fault.hpp"

namespace attn::io {
namespace {

/// Names and values in messages may have control characters in them: a terminal must not see those.
std::string printable(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) {
      result += c;
    } else if (c == '\n') {
      result += "\\n";
    } else {
      constexpr char hex[] = "0123456789ABCDEF";
      result += {'\\', 'x', hex[c >> 4], hex[c & 15]};
    }
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
