/// Results for which nothing, or not enough, was done: constants, copies, the right numbers turned
/// round. Whoever tells one of these in place of a step must have nothing for it, unless it is the
/// right result in every case.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "attn/grading/evidence.hpp"

namespace attn::test {

/// A result of a step in a case, and what is known there.
struct Asked {
  const grading::Case& of;
  const trace::Tensor& right;  ///< an event of the case
  std::size_t in_case = 0;     ///< its number
  std::size_t cases = 0;
  bool known = false;  ///< the chapter's default, an example or a boundary: not drawn
  bool last_passage = false;
};

struct Counterfeit {
  std::string name;
  /// What is told; nothing where there is no such result.
  std::function<std::optional<trace::Tensor>(const Asked&)> tell;
  bool silent = false;      ///< where it is not right, the grader is told nothing
  bool everywhere = false;  ///< to be tried in all cases, for what it may do to other steps
};

/// The last two axes of a tensor as rows and columns; what is in front of them is a block each.
struct Blocks {
  explicit Blocks(const trace::Tensor& tensor) {
    const std::size_t rank = tensor.shape.size();
    if (rank > 0) columns = tensor.shape[rank - 1];
    if (rank > 1) rows = tensor.shape[rank - 2];
  }
  std::size_t block(std::size_t cell) const { return cell / (rows * columns); }
  std::size_t row(std::size_t cell) const { return cell / columns % rows; }
  std::size_t column(std::size_t cell) const { return cell % columns; }
  std::size_t cell(std::size_t block, std::size_t row, std::size_t column) const {
    return (block * rows + row) * columns + column;
  }
  std::size_t rows = 1, columns = 1;
};

/// Each cell becomes what `value` says of it.
template <class Value>
trace::Tensor each_cell(trace::Tensor tensor, Value&& value) {
  const std::vector<double> before = tensor.values;
  for (std::size_t c = 0; c < before.size(); ++c) tensor.values[c] = value(c, before);
  return tensor;
}

/// Each cell becomes that of another place.
using Move = std::size_t (*)(const Blocks&, std::size_t block, std::size_t row, std::size_t column);

inline trace::Tensor moved(const trace::Tensor& tensor, Move from) {
  const Blocks in(tensor);
  return each_cell(tensor, [&](std::size_t c, const std::vector<double>& before) {
    return before[from(in, in.block(c), in.row(c), in.column(c))];
  });
}

inline trace::Tensor transposed(const trace::Tensor& tensor) {
  const Blocks in(tensor);
  trace::Tensor out = tensor;
  std::swap(out.shape[out.shape.size() - 1], out.shape[out.shape.size() - 2]);
  const Blocks to(out);
  for (std::size_t c = 0; c < tensor.values.size(); ++c) {
    out.values[to.cell(in.block(c), in.column(c), in.row(c))] = tensor.values[c];
  }
  return out;
}

/// With another extent of its last axis but one, or of its only one.
inline std::optional<trace::Tensor> with_rows(const trace::Tensor& tensor, int more) {
  if (tensor.shape.empty()) return std::nullopt;
  const std::size_t axis = tensor.shape.size() < 2 ? 0 : tensor.shape.size() - 2;
  if (more < 0 && tensor.shape[axis] < 2) return std::nullopt;
  trace::Tensor out = tensor;
  out.shape[axis] += static_cast<std::size_t>(more);
  std::size_t cells = 1;
  for (const std::size_t extent : out.shape) cells *= extent;
  out.values.resize(cells, 0.0);
  return out;
}

inline std::vector<Counterfeit> constants() {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN(), inf = HUGE_VAL;
  std::vector<Counterfeit> all;
  for (const auto& [name, number] : std::vector<std::pair<std::string, double>>{{"0", 0.0},
                                                                                {"1", 1.0},
                                                                                {"-1", -1.0},
                                                                                {"1/2", 0.5},
                                                                                {"NaN", nan},
                                                                                {"inf", inf},
                                                                                {"-inf", -inf},
                                                                                {"1e-10", 1e-10}}) {
    all.push_back({name + " everywhere",
                   [number = number](const Asked& asked) {
                     return each_cell(asked.right, [&](auto, auto&) { return number; });
                   },
                   false, !std::isfinite(number)});
  }
  all.push_back({"one over its columns everywhere", [](const Asked& asked) {
                   const Blocks in(asked.right);
                   return each_cell(asked.right, [&](auto, auto&) {
                     return 1.0 / static_cast<double>(in.columns);
                   });
                 }});
  all.push_back({"its first number everywhere", [](const Asked& asked) {
                   return each_cell(asked.right, [](auto, auto& before) { return before.front(); });
                 }});
  all.push_back({"nothing",
                 [](const Asked& asked) {
                   trace::Tensor none = asked.right;
                   none.values.clear();
                   return none;
                 },
                 false, true});
  return all;
}

inline std::vector<Counterfeit> turned_round() {
  std::vector<Counterfeit> all;
  const auto move = [&](const char* name, std::size_t rank, Move from) {
    all.push_back({name, [rank, from](const Asked& asked) -> std::optional<trace::Tensor> {
                     if (asked.right.shape.size() < rank) return std::nullopt;
                     return moved(asked.right, from);
                   }});
  };
  move("rows in reverse order", 2,
       [](const Blocks& in, auto b, auto i, auto j) { return in.cell(b, in.rows - 1 - i, j); });
  move("columns in reverse order", 1,
       [](const Blocks& in, auto b, auto i, auto j) { return in.cell(b, i, in.columns - 1 - j); });
  move("rows one too low", 2, [](const Blocks& in, auto b, auto i, auto j) {
    return in.cell(b, (i + in.rows - 1) % in.rows, j);
  });
  move("columns one too far right", 1, [](const Blocks& in, auto b, auto i, auto j) {
    return in.cell(b, i, (j + in.columns - 1) % in.columns);
  });
  move("all rows as the first", 2,
       [](const Blocks& in, auto b, auto, auto j) { return in.cell(b, 0, j); });
  move("all columns as the first", 2,
       [](const Blocks& in, auto b, auto i, auto) { return in.cell(b, i, 0); });
  all.push_back({"transposed", [](const Asked& asked) -> std::optional<trace::Tensor> {
                   if (asked.right.shape.size() < 2) return std::nullopt;
                   return transposed(asked.right);
                 }});
  all.push_back({"sorted", [](const Asked& asked) {
                   trace::Tensor out = asked.right;
                   std::sort(out.values.begin(), out.values.end());
                   return out;
                 }});
  all.push_back({"a row too many", [](const Asked& asked) { return with_rows(asked.right, 1); },
                 false, true});
  all.push_back({"a row too few", [](const Asked& asked) { return with_rows(asked.right, -1); },
                 false, true});
  return all;
}

inline std::vector<Counterfeit> nearly_right() {
  std::vector<Counterfeit> all;
  const auto change = [&](const char* name, double (*f)(double)) {
    all.push_back({name, [f](const Asked& asked) {
                     return each_cell(asked.right,
                                      [&](auto c, auto& before) { return f(before[c]); });
                   }});
  };
  change("twice", [](double x) { return 2.0 * x; });
  change("half", [](double x) { return 0.5 * x; });
  change("negative", [](double x) { return -x; });
  change("times 1 + 1e-7", [](double x) { return x * (1.0 + 1e-7); });
  change("times 1e-12", [](double x) { return x * 1e-12; });
  change("plus 1", [](double x) { return x + 1.0; });
  change("plus 1e-7", [](double x) { return x + 1e-7; });
  change("squared", [](double x) { return x * x; });
  change("without sign", [](double x) { return std::abs(x); });
  change("not below 0", [](double x) { return std::max(x, 0.0); });
  change("from 0 to 1", [](double x) { return std::clamp(x, 0.0, 1.0); });
  change("tanh of it", [](double x) { return std::tanh(x); });
  change("e to the power of it", [](double x) { return std::exp(x); });
  change("in single precision",
         [](double x) { return static_cast<double>(static_cast<float>(x)); });
  change("with four decimals", [](double x) { return std::round(x * 1e4) / 1e4; });
  change("finite", [](double x) { return std::isfinite(x) ? x : -1e9; });
  const auto spoil = [&](const char* name, bool (*wrong)(const Blocks&, std::size_t cell)) {
    all.push_back({name, [wrong](const Asked& asked) {
                     const Blocks in(asked.right);
                     return each_cell(asked.right, [&](std::size_t c, auto& before) {
                       return wrong(in, c) ? 0.0 : before[c];
                     });
                   }});
  };
  spoil("0 in the last row",
        [](const Blocks& in, std::size_t c) { return in.row(c) + 1 == in.rows; });
  spoil("0 in the first row", [](const Blocks& in, std::size_t c) { return in.row(c) == 0; });
  spoil("0 in the last column",
        [](const Blocks& in, std::size_t c) { return in.column(c) + 1 == in.columns; });
  spoil("0 in the first cell", [](const Blocks&, std::size_t c) { return c == 0; });
  spoil("0 in the last cell", [](const Blocks& in, std::size_t c) {
    return in.row(c) + 1 == in.rows && in.column(c) + 1 == in.columns;
  });
  spoil("0 on the diagonal",
        [](const Blocks& in, std::size_t c) { return in.row(c) == in.column(c); });
  return all;
}

/// Right where it may be looked at, and zeros elsewhere.
inline std::vector<Counterfeit> right_only() {
  std::vector<Counterfeit> all;
  const auto only = [&](const char* name, bool (*right)(const Asked&)) {
    all.push_back({name, [right](const Asked& asked) {
                     return right(asked) ? asked.right
                                         : each_cell(asked.right, [](auto, auto&) { return 0.0; });
                   }});
  };
  const auto first_passage = [](const Asked& asked) { return asked.right.name.ends_with("#0"); };
  only("right in the first case", [](const Asked& asked) { return asked.in_case == 0; });
  only("right in the last case", [](const Asked& a) { return a.in_case + 1 == a.cases; });
  only("right in all but the first case", [](const Asked& asked) { return asked.in_case > 0; });
  only("right in all but the last case", [](const Asked& a) { return a.in_case + 1 < a.cases; });
  only("right in every second case", [](const Asked& asked) { return asked.in_case % 2 == 0; });
  only("right the first time", first_passage);
  only("right but for the last time", [](const Asked& asked) { return !asked.last_passage; });
  // Students have the default and the examples, and may think of the boundaries.
  only("right in known cases", [](const Asked& asked) { return asked.known; });
  return all;
}

/// The name of another result or input, and where it is in a case.
struct Source {
  std::string name;
  std::function<const trace::Tensor*(const Asked&)> in;
};

/// What a case has beside the result: all that its chapter shows, and the results of other steps.
inline std::vector<Source> sources(const grading::Case& of, const std::string& step) {
  std::vector<Source> all;
  for (const trace::Step& shown : of.key.steps) {
    if (shown.id == "events") continue;
    for (const trace::Tensor& tensor : shown.tensors) {
      const std::string name = tensor.name;
      const bool own = std::any_of(of.items.begin(), of.items.end(), [&](const auto& item) {
        return item.step == step && item.tensor == name;
      });
      if (own) continue;
      all.push_back({name, [name](const Asked& asked) { return trace::find(asked.of.key, name); }});
    }
  }
  std::set<std::string> steps;
  for (const trace::Tensor& event : grading::events_of(of.key)) {
    const std::string other = grading::step_of(event.name);
    if (other == step || !steps.insert(other).second) continue;
    all.push_back({"step " + other, [other](const Asked& asked) {
                     const std::string time = asked.right.name.substr(asked.right.name.rfind('#'));
                     const trace::Tensor* same = grading::event(asked.of.key, other + time);
                     return same != nullptr ? same : grading::event(asked.of.key, other + "#0");
                   }});
  }
  return all;
}

inline std::vector<Counterfeit> copies(const grading::Case& of, const std::string& step) {
  std::vector<Counterfeit> all;
  for (const Source& source : sources(of, step)) {
    const auto in = source.in;
    const auto fitting = [in](const Asked& asked, bool turned) -> std::optional<trace::Tensor> {
      const trace::Tensor* other = in(asked);
      if (other == nullptr || other->absent()) return std::nullopt;
      if (turned && other->shape.size() < 2) return std::nullopt;
      trace::Tensor out = turned ? transposed(*other) : *other;
      if (out.shape != asked.right.shape) return std::nullopt;
      out.name = asked.right.name;
      return out;
    };
    all.push_back({"a copy of " + source.name,
                   [fitting](const Asked& asked) { return fitting(asked, false); }});
    all.push_back({"a copy of " + source.name + ", transposed",
                   [fitting](const Asked& asked) { return fitting(asked, true); }});
  }
  // A recurrent cell's own result, one passage before.
  all.push_back(
      {"its own result of the time before", [](const Asked& asked) -> std::optional<trace::Tensor> {
         const std::size_t mark = asked.right.name.rfind('#');
         const unsigned long time = std::stoul(asked.right.name.substr(mark + 1));
         trace::Tensor out = asked.right;
         std::fill(out.values.begin(), out.values.end(), 0.0);
         if (time == 0) return out;
         const trace::Tensor* before = grading::event(
             asked.of.key, asked.right.name.substr(0, mark + 1) + std::to_string(time - 1));
         if (before == nullptr || before->shape != out.shape) return std::nullopt;
         out.values = before->values;
         return out;
       }});
  return all;
}

inline std::vector<Counterfeit> counterfeits(const grading::Case& of, const std::string& step) {
  std::vector<Counterfeit> all;
  for (std::vector<Counterfeit> some :
       {constants(), turned_round(), nearly_right(), right_only(), copies(of, step)}) {
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace attn::test
