#include "attn/render/canvas.hpp"

#include <cstdlib>

namespace attn::render {
namespace {

/// The bit of a dot in U+2800 to U+28FF, by its row from the bottom and its column.
constexpr unsigned char dot_bits[4][2] = {{0x40, 0x80}, {0x04, 0x20}, {0x02, 0x10}, {0x01, 0x08}};

std::string braille(unsigned char dots) {
  return {'\xE2', static_cast<char>(0xA0 | (dots >> 6)), static_cast<char>(0x80 | (dots & 0x3F))};
}

}  // namespace

Canvas::Canvas(std::size_t columns, std::size_t rows)
    : columns_(columns), rows_(rows), characters_(columns * rows) {}

void Canvas::dot(std::size_t x, std::size_t y, const Style& style) {
  Character& character = at(x / 2, y / 4);
  character.dots = static_cast<unsigned char>(character.dots | dot_bits[y % 4][x % 2]);
  character.style = style;
}

void Canvas::line(std::size_t x0, std::size_t y0, std::size_t x1, std::size_t y1, Stroke& stroke,
                  const Style& style) {
  // Bresenham's algorithm.
  long x = static_cast<long>(x0), y = static_cast<long>(y0);
  const long to_x = static_cast<long>(x1), to_y = static_cast<long>(y1);
  const long dx = std::labs(to_x - x), dy = -std::labs(to_y - y);
  const long step_x = x < to_x ? 1 : -1, step_y = y < to_y ? 1 : -1;
  long error = dx + dy;
  while (x != to_x || y != to_y) {
    if (stroke.pattern[stroke.at++ % stroke.pattern.size()] == '1') {
      dot(static_cast<std::size_t>(x), static_cast<std::size_t>(y), style);
    }
    const long twice = 2 * error;
    if (twice >= dy) {
      error += dy;
      x += step_x;
    }
    if (twice <= dx) {
      error += dx;
      y += step_y;
    }
  }
}

void Canvas::sign(std::size_t column, std::size_t row, std::string_view sign, const Style& style) {
  Character& character = at(column, row);
  character.sign = sign;
  character.style = style;
}

Line Canvas::text(std::size_t row_from_top) const {
  Line line;
  const std::size_t row = rows_ - 1 - row_from_top;
  for (std::size_t column = 0; column < columns_; ++column) {
    const Character& character = characters_[row * columns_ + column];
    if (!character.sign.empty()) {
      line.add(character.sign, character.style);
    } else if (character.dots != 0) {
      line.add(braille(character.dots), character.style);
    } else {
      line.add(" ");
    }
  }
  return line;
}

}  // namespace attn::render
