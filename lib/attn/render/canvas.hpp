/// A drawing in characters: lines of braille dots, two across and four down in each character, and
/// signs on top of them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "attn/render/page.hpp"

namespace attn::render {

/// Which dots of a line are drawn: `pattern[i] == '1'` for the i-th, over and over.
struct Stroke {
  std::string_view pattern = "1";
  std::size_t at = 0;  ///< how far along the pattern the line is
};

class Canvas {
 public:
  Canvas(std::size_t columns, std::size_t rows);

  std::size_t columns() const { return columns_; }
  std::size_t rows() const { return rows_; }

  /// One dot. x counts from the left, y from the bottom.
  void dot(std::size_t x, std::size_t y, const Style& style);

  /// A straight line between two dots, without the second: the next line begins there.
  void line(std::size_t x0, std::size_t y0, std::size_t x1, std::size_t y1, Stroke& stroke,
            const Style& style);

  /// A sign in place of the dots of a character; the bottom row is row 0.
  void sign(std::size_t column, std::size_t row, std::string_view sign, const Style& style);

  /// The row from the top as a line of text.
  Line text(std::size_t row_from_top) const;

 private:
  struct Character {
    unsigned char dots = 0;
    std::string_view sign;
    Style style;
  };
  Character& at(std::size_t column, std::size_t row) {
    return characters_[row * columns_ + column];
  }

  std::size_t columns_, rows_;
  std::vector<Character> characters_;
};

}  // namespace attn::render
