#include "chapters/parts/layer_costs_table.hpp"

#include <fmt/format.h>

#include "attn/mechanisms/layer_costs.hpp"

namespace attn::chapters {
namespace {

constexpr std::size_t most_positions = 1024;

/// The entries of table 1 of the paper, in the order of layer_costs::Result.
struct Symbols {
  const char *multiplications, *sequential, *longest_path;
};
constexpr Symbols table_1[] = {
    {"O(n^2 d)", "O(1)", "O(1)"},         {"O(r n d)", "O(1)", "O(n/r)"},
    {"O(n d^2)", "O(n)", "O(n)"},         {"O(k n d^2)", "O(1)", "O(n/k)"},
    {"O(k n d^2)", "O(1)", "O(log_k n)"},
};

std::vector<std::string> drawing(const layer_costs::Result& result) {
  const auto line = [](const std::string& name, const std::string& a, const std::string& b,
                       const std::string& c) {
    return fmt::format("{:<15} {:>24}  {:>12}  {:>18}", name, a, b, c);
  };
  std::vector<std::string> lines{line("", "multiplications", "sequential", "longest path")};
  for (std::size_t i = 0; i < result.names.size(); ++i) {
    const auto both = [](const char* symbol, double count) {
      return fmt::format("{} {:>4}", symbol, count);
    };
    lines.push_back(line(result.names[i],
                         both(table_1[i].multiplications, result.multiplications(i)),
                         both(table_1[i].sequential, result.sequential(i)),
                         both(table_1[i].longest_path, result.longest_path(i))));
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
       .meaning = "Width k of the convolution's kernel, in the table of costs.",
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
          "Table 1 of the paper, and the stacks of kernels that the text of section 4 has, for n = "
          "{} "
          "positions of width d = {}, a kernel of k = {} and a neighbourhood of r = {}; behind "
          "each O(…) what was counted, connection by connection. "
          "Multiplications are those of matrix products. Sequential: the longest chain of "
          "positions "
          "of a layer that wait for each other. Longest path: the most connections on a shortest "
          "way "
          "from an input to an output, found by breadth-first search through a stack of such "
          "layers. "
          "The three projections before self-attention cost {} more, which the table leaves out. "
          "A recurrence carries nothing backwards: of {} pairs of an input and an output, {} are "
          "connected at all.",
          how.n, how.d, how.k, how.r, layer_costs::projections(how.n, how.d), how.n * how.n,
          result.connected(2)),
      "", "section 4, table 1");
  trace.drawing(drawing(result));
  trace.label("layer", result.names);
  trace.table({"costs", "layer,counted", ""}, {{"multiplications", result.multiplications},
                                               {"sequential", result.sequential},
                                               {"longest path", result.longest_path},
                                               {"connected", result.connected}});
}

}  // namespace attn::chapters
