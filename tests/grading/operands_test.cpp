/// What a wrong cell is made of.
#include "attn/grading/operands.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

using namespace attn::grading;
using attn::trace::Difference;
using attn::trace::Tensor;
using attn::trace::Trace;

namespace {

using Lines = std::vector<std::string>;
constexpr double inf = std::numeric_limits<double>::infinity();

Tensor tensor(std::string name, std::vector<std::string> axes, std::vector<std::size_t> shape,
              std::vector<double> values, std::string formula) {
  Tensor t;
  t.name = std::move(name);
  t.axes = std::move(axes);
  t.shape = std::move(shape);
  t.values = std::move(values);
  t.formula = std::move(formula);
  return t;
}

Trace attention() {
  Trace trace;
  trace.steps.resize(1);
  trace.steps[0].tensors = {
      tensor("queries", {"Tq", "dk"}, {2, 2}, {1, 2, 3, 4}, "Q"),
      tensor("keys", {"Tk", "dk"}, {3, 2}, {5, 6, 7, 8, 9, 10}, "K"),
      tensor("values", {"Tk", "dv"}, {3, 1}, {0.5, 0.25, 1}, "V"),
      tensor("scale", {}, {}, {0.7}, ""),
      tensor("scores", {"Tq", "Tk"}, {2, 3}, {17, 23, 29, 39, 53, 67}, "S = Q K^T"),
      tensor("scaled", {"Tq", "Tk"}, {2, 3}, {1, 2, 3, 4, 5, 6}, "scale * S,  scale = 1/sqrt(dk)"),
      tensor("masked", {"Tq", "Tk"}, {2, 3}, {1, 2, -inf, 4, 5, 6}, "scaled where it may"),
      tensor("weights", {"Tq", "Tk"}, {2, 3}, {1, 2, 3, 4, 5, 6}, "A = softmax(masked)"),
      tensor("context", {"Tq", "dv"}, {2, 1}, {1, 2}, "A V"),
      tensor("d_scaled", {"Tq", "Tk"}, {2, 3}, {1, 2, 3, 4, 5, 6}, "a_ij sum_k a_ik dA_ik")};
  return trace;
}

Lines of(const std::string& name, std::vector<std::size_t> cell, const Trace& trace = attention()) {
  Difference difference;
  difference.tensor = name;
  difference.cell = std::move(cell);
  return operands(trace, difference);
}

}  // namespace

TEST_CASE("operands: the rows and columns that a formula names are shown at the cell",
          "[grading][operands]") {
  CHECK(of("scores", {0, 2}) == Lines{"queries[0] = [1, 2]", "keys[2] = [9, 10]"});
  CHECK(of("scaled", {1, 0}) == Lines{"scale = 0.7", "scores[1, 0] = 39"});
  CHECK(of("context", {1, 0}) == Lines{"weights[1] = [4, 5, 6]", "values[:, 0] = [0.5, 0.25, 1]"});
  // The softmax needs the whole row.
  CHECK(of("weights", {0, 1}) == Lines{"masked[0] = [1, 2, -inf]"});
  CHECK(of("d_scaled", {1, 1}) == Lines{"weights[1] = [4, 5, 6]"});
}

TEST_CASE("operands: an input has none, nor has what is no number of a tensor",
          "[grading][operands]") {
  CHECK(of("queries", {0, 0}).empty());
  CHECK(of("elsewhere", {0, 0}).empty());
  CHECK(of("scores", {0}).empty());
  Difference shape;
  shape.what = Difference::What::shape;
  shape.tensor = "scores";
  CHECK(operands(attention(), shape).empty());
}

TEST_CASE("operands: of the same mechanism, and what is too long is left out",
          "[grading][operands]") {
  Trace trace = attention();
  trace.steps[0].tensors.push_back(
      tensor("dot.scores", {"Tq", "Tk"}, {2, 3}, {6, 5, 4, 3, 2, 1}, "s_ij = q_i . k_j"));
  trace.steps[0].tensors.push_back(
      tensor("other.scores", {"Tq", "Tk"}, {2, 3}, {9, 9, 9, 9, 9, 9}, "S"));
  trace.steps[0].tensors.push_back(
      tensor("W", {"a", "b"}, {4, 4}, std::vector<double>(16, 1.0), ""));
  trace.steps[0].tensors.push_back(
      tensor("dot.last", {"Tq", "Tk"}, {2, 3}, {6, 5, 4, 3, 2, 1}, "L = W s_ij"));
  CHECK(of("dot.scores", {1, 0}, trace) == Lines{"queries[1] = [3, 4]", "keys[0] = [5, 6]"});
  CHECK(of("dot.last", {1, 0}, trace) == Lines{"dot.scores[1, 0] = 3"});
}
