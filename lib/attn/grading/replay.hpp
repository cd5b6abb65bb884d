/// Replays: traces whose last step, `events`, has the result of each step of an exercise, as
/// `attn replay` writes them; and how they belong to the tensors that a chapter shows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "attn/trace/trace.hpp"

namespace attn::grading {

/// A result that is judged: the tensor of the trace that shows it, and the passage through the step
/// that made it.
struct Item {
  std::string step;                  ///< "pooling.weights"
  std::string tensor;                ///< "general.weights"
  std::string event;                 ///< "pooling.weights#1"
  std::optional<std::size_t> row{};  ///< of the tensor, where it shows results over time
};

/// What the trace shows for an item, the tensor or its row; nothing if the trace has it not.
std::optional<trace::Tensor> shown_for(const trace::Trace& trace, const Item& item);

/// The tensors of the last step, or nothing if the trace is no replay.
const std::vector<trace::Tensor>& events_of(const trace::Trace& replay);

/// The tensor of that event, or nullptr.
const trace::Tensor* event(const trace::Trace& replay, const std::string& name);

/// "pooling.weights" for the event "pooling.weights#1".
std::string step_of(const std::string& event);

/// Which tensor shows which event, in the order of the events: the tensor is called as the step's
/// field is, but for what stands before a dot, and has the same numbers to the last bit. Of several
/// such tensors (all of them zero, say) it is the one that is called as the step is
/// ("t2.pooling.weights" for pooling.weights), or else the first that no other event of the step
/// has. Where no tensor has the numbers, a row of one may: the results of a recurrent cell are
/// shown together, one time step a row. An event that nothing shows has none: a mechanism that a
/// chapter runs for a comparison only.
std::vector<Item> items_of(const trace::Trace& replay);

/// For each event the number of the item that it is of. A mechanism that is run again for the same
/// tensor, as for a gradient, has the same numbers again, and is of the same item.
std::vector<std::optional<std::size_t>> owners_of(const trace::Trace& replay,
                                                  const std::vector<Item>& items);

/// The events of `reference` with other numbers, one tensor for each item, so that `attn replay
/// --given` starts each step from these. An event whose tensor is absent, or has another shape, is
/// left empty: there the step's own result goes on.
trace::Trace given_by(const trace::Trace& reference,
                      const std::vector<std::optional<std::size_t>>& owners,
                      const std::vector<trace::Tensor>& numbers);

}  // namespace attn::grading
