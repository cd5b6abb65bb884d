/// `--steps LIST`: which steps of a trace to show.
#pragma once

#include <string>

#include "attn/trace/trace.hpp"

namespace attn::cli {

/// Keeps the steps that `list` names, in the order of the trace. `list` has entries separated by
/// commas, each a step's number from 1, its id, or a range of those: "2-4", "scores..context".
/// \throws io::InputError for a number or an id that no step has.
void select_steps(trace::Trace& trace, const std::string& list);

}  // namespace attn::cli
