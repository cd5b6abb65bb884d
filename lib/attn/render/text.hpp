/// A trace as text for people: each step with its formula, each tensor as a table that can be read.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "attn/trace/trace.hpp"

namespace attn::render {

struct TextOptions {
  std::size_t width = 80;  ///< columns; no line is longer. Below 40 it counts as 40
  bool color = false;      ///< ANSI escape sequences (256 colours); nothing is said by colour alone
  int precision = 4;       ///< digits after the decimal point, 0 to 17
  std::vector<std::size_t> only =
      {};  ///< positions of the steps to show, from 0; empty: all. The other
           ///< steps still count in the numbering and feed the plots
};

/// Ends with a newline. No line has more than `width` columns or, without colour, trailing spaces.
/// Control characters and escape sequences in the trace come out as visible signs.
std::string render_text(const trace::Trace& trace, const TextOptions& options);

}  // namespace attn::render
