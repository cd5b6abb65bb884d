/// The trace: what a chapter computed, step by step, as plain data.
///
/// Whatever shows, saves, checks or grades reads this and knows nothing of the mathematics. This
/// header uses the standard library alone.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace attn::trace {

/// A named tensor with named axes, its numbers in row-major order.
struct Tensor {
  std::string name;                              ///< unique in its trace
  std::vector<std::string> axes;                 ///< one name for each axis: {"Tq", "Tk"}
  std::vector<std::vector<std::string>> labels;  ///< for each axis its entries' names, or none
  std::vector<std::size_t> shape;                ///< empty for a scalar
  std::vector<double> values;
  std::string kind;     ///< "" (numbers), "score", "weight", "mask" or "wave"
  std::string formula;  ///< how it is computed; empty for an input
  bool folded = false;  ///< the same again, such as a later layer's: text names it, and shows its
                        ///< numbers where its step is asked for. Files do not say this

  /// Not computed: a step that has not been written yet leaves its tensor empty.
  bool absent() const { return values.empty(); }
};

/// A picture of tensors of the trace. `x` and `y` name tensors with one number a point, or the
/// column of a tensor under one of the labels of its last axis: "fits[h=2]".
struct Series {
  enum class Mark { points, line };
  std::string label;
  std::string x, y;
  Mark mark = Mark::points;
};
struct Plot {
  std::string title;
  std::vector<Series> series;
};

struct Step {
  std::string id;                      ///< unique in its trace: "scores"
  std::string title;                   ///< a few words: "Compare every query with every key"
  std::string formula;                 ///< "S = Q K^T"
  std::string source;                  ///< the equation or section: "eq. (1)"
  std::string prose;                   ///< a sentence or two
  std::vector<std::string> drawing{};  ///< lines that are shown as they are: a path, a tree
  std::vector<Tensor> tensors;
  std::vector<Plot> plots;
};

/// What an axis's name stands for: {"Tq", "number of queries"}.
struct Axis {
  std::string name;
  std::string meaning;
};

/// A command worth typing after this one.
struct Try {
  std::string command;
  std::string why;  ///< what there is to see
};

struct Trace {
  std::string chapter;  ///< "scaled-dot-product"
  std::string title;
  std::string source;
  std::string problem{};  ///< what it is about, in three sentences
  std::vector<Step> steps;
  std::vector<Axis> axes;  ///< the names that the tensors' axes have, for the reader; may be empty
  std::string seen{};      ///< what these numbers have shown; empty if not all was computed
  std::vector<Try> tries{};
  std::string next{};  ///< the chapter to read after this one; empty after the last
  std::string page{};  ///< where there is more about this one: "docs/chapters/bahdanau.md"
};

/// The tensor of that name, or nullptr. A trace has few tensors: this looks at each.
const Tensor* find(const Trace& trace, const std::string& name);

}  // namespace attn::trace
