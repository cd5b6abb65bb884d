#include "attn/render/difference.hpp"

#include <fmt/format.h>

namespace attn::render {

std::string render_difference(const trace::Difference& d, bool) {
  std::string cell;
  for (const std::size_t index : d.cell)
    cell += fmt::format("{}{}", cell.empty() ? "" : ", ", index);
  return fmt::format("step {}, {}[{}]: expected {}, got {}, allowed {}; {} of {} cells differ\n",
                     d.step, d.tensor, cell, d.expected, d.got, d.allowed, d.differing, d.cells);
}

}  // namespace attn::render
