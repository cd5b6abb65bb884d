/// Tables with headings on both sides, their numbers aligned at the decimal point.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "attn/render/page.hpp"

namespace attn::render {

/// What a cell shows. The columns of a table are aligned where `left` and `right` meet.
struct Cell {
  std::string left, right;
  Style style;
  std::string mark;  ///< drawn after the number: the shade of a weight
};

/// A heading: the name of an entry, or its index if it has no name.
struct Heading {
  std::string text;
  bool named = false;
};

struct Table {
  std::string corner;                  ///< which axis runs down and which across
  std::vector<Heading> rows, columns;  ///< no rows' headings: {} for each row
  std::vector<Cell> cells;             ///< row by row
  bool uniform = false;                ///< numbers take the same room in every column
  bool filled = false;                 ///< cells have a background: they touch, with room inside
  bool centered = false;  ///< headings stand over the middle of their columns, else at their right
};

/// Lays the table out in at most `columns` columns: what does not fit beside the rest follows
/// below, with the rows' headings again.
Block lay_out(Table table, std::size_t columns);

}  // namespace attn::render
