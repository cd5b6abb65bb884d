/// `--steps LIST`: which steps of a trace to show.
#pragma once

#include <string>
#include <vector>

#include "attn/trace/trace.hpp"

namespace attn::cli {

/// The positions, from 0, of the steps that `list` names, in the order of the trace. `list` has
/// entries separated by commas, each a step's number from 1, its id, the name of a tensor, which
/// stands for the steps that have it, the beginning or the end of one of these ("layer1",
/// "weights"), or a range: "2-4", "scores..context". \throws io::InputError for what no step has.
std::vector<std::size_t> select_steps(const trace::Trace& trace, const std::string& list);

}  // namespace attn::cli
