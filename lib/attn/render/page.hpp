/// Lines of styled text, and blocks of lines that are set side by side.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "attn/render/palette.hpp"

namespace attn::render {

/// A line of printable text in pieces of one style each.
class Line {
 public:
  Line() = default;
  explicit Line(std::string_view text, const Style& style = {}) { add(text, style); }

  Line& add(std::string_view text, const Style& style = {});
  Line& add(const Line& line);
  /// Spaces, up to the column `column`; nothing if the line is already there.
  Line& pad_to(std::size_t column);

  std::size_t width() const { return width_; }

  /// Appends the line and a newline to `out`, cut to `columns`, without spaces at its end.
  void write(std::string& out, std::size_t columns, bool color) const;

 private:
  struct Piece {
    std::string text;
    Style style;
  };
  std::vector<Piece> pieces_;
  std::size_t width_ = 0;
};

using Block = std::vector<Line>;

std::size_t width(const Block& block);

/// Appends `block` to `page`, moved to the right by `indent` columns.
void append(Block& page, const Block& block, std::size_t indent = 0);

/// Sets blocks side by side, `gap` columns apart, as many as fit into `columns`; then an empty
/// line, and so on.
Block flow(const std::vector<Block>& blocks, std::size_t columns, std::size_t gap);

/// Breaks text at spaces and between Chinese characters. Two newlines begin a new paragraph.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

}  // namespace attn::render
