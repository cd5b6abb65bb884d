#include "chapters/parts/layer_costs_table.hpp"

#include <fmt/format.h>

#include "attn/mechanisms/layer_costs.hpp"

namespace attn::chapters {
namespace {

constexpr std::size_t most_positions = 1024;

/// What the paper says of each layer, in the order of layer_costs::Result. Its letter for the width
/// of the kernel is k, which is a key here.
constexpr const char* in_the_paper[][5] = {
    {"", "multiplications", "sequential", "longest path", ""},
    {"self-attention", "O(n^2 d)", "O(1)", "O(1)", "table 1"},
    {"restricted", "O(r n d)", "O(1)", "O(n/r)", "table 1"},
    {"recurrence", "O(n d^2)", "O(n)", "O(n)", "table 1"},
    {"convolution", "O(w n d^2)", "O(1)", "O(n/w)", "section 4"},
    {"dilated", "O(w n d^2)", "O(1)", "O(log_w n)", "table 1"},
};

std::vector<std::string> drawing() {
  std::vector<std::string> lines;
  for (const auto& [name, products, chain, path, where] : in_the_paper) {
    lines.push_back(
        fmt::format("{:<14}  {:<15}  {:<10}  {:<12}  {}", name, products, chain, path, where));
    lines.back().erase(lines.back().find_last_not_of(' ') + 1);
  }
  return lines;
}

}  // namespace

std::vector<io::FieldSpec> layer_costs_fields() {
  const io::Range range{1, 4096};
  return {
      {.path = "study.n",
       .type = io::Type::integer,
       .meaning = "How many positions the table of costs is for; T unless given.",
       .range = io::Range{1, static_cast<double>(most_positions)}},
      {.path = "study.d",
       .type = io::Type::integer,
       .meaning = "The width that the table of costs is for; dm unless given.",
       .range = range},
      {.path = "study.kernel",
       .type = io::Type::integer,
       .meaning = "Width w of the convolution's kernel, in the table of costs.",
       .fallback = "3",
       .range = range},
      {.path = "study.neighbourhood",
       .type = io::Type::integer,
       .meaning = "How many positions r restricted self-attention sees, in the table of costs.",
       .fallback = "3",
       .range = range},
  };
}

void show_layer_costs(const io::Config& config, std::size_t n, std::size_t d,
                      trace::Builder& trace) {
  layer_costs::Config how{n, d, config.size("study.kernel"), config.size("study.neighbourhood")};
  if (config.has("study.n")) how.n = config.size("study.n");
  if (config.has("study.d")) how.d = config.size("study.d");
  const std::string title = "What a layer costs, and how far a signal travels in it";
  if (how.n > most_positions) {
    trace.step(
        "costs", title,
        fmt::format("Not counted for n = {}: give study.n, at most {}.", how.n, most_positions));
    return;
  }
  const layer_costs::Result result = layer_costs::study(how);
  trace.step(
      "costs", title,
      fmt::format(
          "Above, what the paper says; below, what was counted, connection by connection, for n = "
          "{} and width d = {}, a kernel of w = {} and a neighbourhood of r = {}. Multiplications "
          "are those of matrix products. Sequential: the longest chain of positions of a layer "
          "that "
          "wait for each other. Longest path: the most connections on a shortest way from an input "
          "to an output, found by breadth-first search through a stack of such layers. Connected: "
          "the pairs of an input and an output that have a path at all, of {}; a recurrence "
          "carries "
          "nothing backwards. The three projections before self-attention would take {} more "
          "multiplications, which the table leaves out.",
          how.n, how.d, how.k, how.r, how.n * how.n, layer_costs::projections(how.n, how.d)),
      "", "section 4, table 1");
  trace.drawing(drawing());
  trace.label("layer", result.names);
  trace.table({"costs", "layer,counted", ""}, {{"multiplications", result.multiplications},
                                               {"sequential", result.sequential},
                                               {"longest path", result.longest_path},
                                               {"connected", result.connected}});
}

}  // namespace attn::chapters
