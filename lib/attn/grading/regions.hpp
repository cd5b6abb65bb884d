/// In which cells a result is wrong: the last row, the masked cells, one side of the diagonal.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attn/grading/diagnosis.hpp"

namespace attn::grading {

/// For each cell of a tensor, whether it is in.
using Cells = std::vector<bool>;

/// A name for these cells of each observation: "in the last row". They are some of those that the
/// name stands for, and at least half of them; or, if asked for `exactly` those, all of them. The
/// name for the fewest cells is taken.
std::optional<std::string> region_of(std::span<const Observation> all, std::span<const Cells> cells,
                                     bool exactly);

}  // namespace attn::grading
