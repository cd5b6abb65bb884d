#include "attn/grading/report/visible.hpp"

#include <algorithm>

#include "attn/render/display_width.hpp"

namespace attn::grading {

std::string visible_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\n\t"), text.size());
    std::string_view piece = text.substr(0, end);
    if (end < text.size() && text[end] == '\n' && piece.ends_with('\r')) piece.remove_suffix(1);
    out += render::printable(piece);
    if (end < text.size()) out += text[end];
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out = render::shortened(text, width);
  out.append(width - render::display_width(out), ' ');
  return out;
}

}  // namespace attn::grading
