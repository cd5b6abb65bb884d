#include "attn/render/page.hpp"

#include <algorithm>

#include "attn/render/display_width.hpp"

namespace attn::render {
namespace {

void trim_right(std::string& text, std::size_t from) {
  while (text.size() > from && text.back() == ' ') text.pop_back();
}

}  // namespace

Line& Line::add(std::string_view text, const Style& style) {
  if (text.empty()) return *this;
  width_ += display_width(text);
  if (!pieces_.empty() && pieces_.back().style == style) {
    pieces_.back().text += text;
  } else {
    pieces_.push_back({std::string(text), style});
  }
  return *this;
}

Line& Line::add(const Line& line) {
  for (const Piece& piece : line.pieces_) add(piece.text, piece.style);
  return *this;
}

Line& Line::pad_to(std::size_t column) {
  if (column > width_) add(std::string(column - width_, ' '));
  return *this;
}

void Line::write(std::string& out, std::size_t columns, bool color) const {
  const std::size_t start = out.size();
  const bool cut = width_ > columns;
  std::size_t left = columns;
  for (const Piece& piece : pieces_) {
    if (cut && left == 0) break;
    const std::string& text = cut ? shortened(piece.text, left) : piece.text;
    if (cut) left -= display_width(text);
    const bool styled = color && !piece.style.plain();
    if (styled) out += escape(piece.style);
    out += text;
    if (styled) out += reset;
  }
  trim_right(out, start);
  out += '\n';
}

std::size_t width(const Block& block) {
  std::size_t widest = 0;
  for (const Line& line : block) widest = std::max(widest, line.width());
  return widest;
}

void append(Block& page, const Block& block, std::size_t indent) {
  for (const Line& line : block) {
    Line moved;
    if (line.width() > 0) moved.pad_to(indent).add(line);
    page.push_back(std::move(moved));
  }
}

Block flow(const std::vector<Block>& blocks, std::size_t columns, std::size_t gap) {
  Block page;
  for (std::size_t first = 0; first < blocks.size();) {
    std::size_t end = first + 1;
    std::size_t used = width(blocks[first]);
    std::size_t height = blocks[first].size();
    while (end < blocks.size() && used + gap + width(blocks[end]) <= columns) {
      used += gap + width(blocks[end]);
      height = std::max(height, blocks[end].size());
      ++end;
    }
    if (!page.empty()) page.emplace_back();
    const std::size_t top = page.size();
    page.resize(top + height);
    std::size_t left = 0;
    for (std::size_t i = first; i < end; ++i) {
      for (std::size_t row = 0; row < blocks[i].size(); ++row) {
        if (blocks[i][row].width() > 0) page[top + row].pad_to(left).add(blocks[i][row]);
      }
      left += width(blocks[i]) + gap;
    }
    first = end;
  }
  return page;
}

}  // namespace attn::render
