#include "attn/trace/diff.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <cmath>
#include <stdexcept>

#include "tests/render/samples.hpp"

using namespace attn::trace;
using attn::test::scalar;
using attn::test::step;
using attn::test::tensor;
using attn::test::trace_of;
using What = Difference::What;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const double not_a_number = std::nan("");

/// Three steps; `context` stands in the last.
Trace sample() {
  return trace_of(
      {step("inputs", {tensor("q", {"Tq", "dk"}, {2, 2}, {1, 2, 3, 4}), scalar("scale", 0.5)}),
       step("weights", {tensor("weights", {"Tq", "Tk"}, {2, 3}, {0.1, 0.2, 0.7, 0.3, 0.3, 0.4},
                               "weight", {{"我", "爱"}, {"I", "love", "you"}})}),
       step("context", {tensor("context", {"Tq", "dv"}, {2, 1}, {5, 6})})});
}

Expectation expect(std::string name, std::vector<std::size_t> shape, std::vector<double> values,
                   double absolute = 1e-9, double relative = 0.0) {
  return {.tensor = std::move(name),
          .shape = std::move(shape),
          .values = std::move(values),
          .absolute = absolute,
          .relative = relative,
          .source = "by hand",
          .place = "a.yaml:3:1"};
}

/// Does one number agree with another?
bool agrees(double got, double expected, double absolute, double relative) {
  return !first_difference(trace_of({step("s", {scalar("x", got)})}),
                           {expect("x", {}, {expected}, absolute, relative)});
}

Tensor& tensor_of(Trace& trace, std::size_t s, std::size_t t) { return trace.steps[s].tensors[t]; }

}  // namespace

TEST_CASE("diff: numbers whose difference overflows are compared all the same", "[diff][law]") {
  constexpr double most = 1.5e308;
  CHECK(!agrees(most, -most, 0.0, 1e-9));
  CHECK(!agrees(most, -most, 0.0, 1.5));
  CHECK(agrees(most, -most, 0.0, 2.0));
  CHECK(agrees(most, most, 0.0, 0.0));
  CHECK(!agrees(most, -most, most, 0.5));
  CHECK(agrees(most, -most, most, 1.0));
}

TEST_CASE("diff: a trace agrees with itself at tolerance 0", "[diff][law]") {
  CHECK_FALSE(first_difference(sample(), sample(), {0.0, 0.0}));
  CHECK_FALSE(first_difference(sample(), expectations_of(sample(), {0.0, 0.0})));
}

TEST_CASE("diff: a change of any single number is found, and where it is", "[diff][law]") {
  const Trace expected = sample();
  for (std::size_t s = 0; s < expected.steps.size(); ++s) {
    for (std::size_t t = 0; t < expected.steps[s].tensors.size(); ++t) {
      for (std::size_t i = 0; i < expected.steps[s].tensors[t].values.size(); ++i) {
        Trace got = sample();
        tensor_of(got, s, t).values[i] += 1e-6;
        const auto d = first_difference(got, expected, {1e-9, 1e-9});
        REQUIRE(d);
        CHECK(d->what == What::value);
        CHECK(d->step == expected.steps[s].id);
        CHECK(d->tensor == expected.steps[s].tensors[t].name);
        CHECK(d->differing == 1);
        std::size_t flat = 0;
        for (std::size_t axis = 0; axis < d->cell.size(); ++axis) {
          flat = flat * expected.steps[s].tensors[t].shape[axis] + d->cell[axis];
        }
        CHECK(flat == i);
        CHECK_FALSE(first_difference(got, expected, {1e-5, 0.0}));
      }
    }
  }
}

TEST_CASE("diff: a difference says everything about the cell", "[diff][reference]") {
  Expectation e = expect("weights", {2, 3}, {0.1, 0.2, 0.7, 0.3, 0.35, 0.5}, 1e-3, 1e-2);
  const auto d = first_difference(sample(), {e});
  REQUIRE(d);
  CHECK(d->what == What::value);
  CHECK(d->step == "weights");
  CHECK(d->tensor == "weights");
  CHECK(d->cell == std::vector<std::size_t>{1, 1});
  CHECK(d->names == std::vector<std::string>{"爱", "love"});
  CHECK(d->axes == std::vector<std::string>{"Tq", "Tk"});
  CHECK(d->expected == 0.35);
  CHECK(d->got == 0.3);
  CHECK(std::abs(d->allowed - 0.0045) < 1e-15);  // 0.001 + 0.01 * 0.35
  CHECK(d->differing == 2);
  CHECK(d->cells == 6);
  CHECK(d->source == "by hand");
  CHECK(d->place == "a.yaml:3:1");
}

TEST_CASE("diff: cells of axes without labels have no names", "[diff][reference]") {
  Trace got = sample();
  tensor_of(got, 1, 0).labels = {{}, {"I", "love", "you"}};
  const auto d = first_difference(got, {expect("weights", {2, 3}, {0.1, 0.2, 0.7, 0, 0.3, 0.4})});
  REQUIRE(d);
  CHECK(d->names == std::vector<std::string>{"", "I"});
}

TEST_CASE("diff: the first difference is the first in the order of the steps", "[diff][law]") {
  const auto d = first_difference(
      sample(), {expect("context", {2, 1}, {0, 0}), expect("weights", {2, 3}, {0, 0, 0, 0, 0, 0}),
                 expect("scale", {}, {0.5})});
  REQUIRE(d);
  CHECK(d->tensor == "weights");
}

TEST_CASE("diff: an expectation of a tensor that is not there comes first", "[diff][law]") {
  const auto d = first_difference(
      sample(), {expect("q", {2, 2}, {0, 0, 0, 0}), expect("wieghts", {3}, {1, 2, 3})});
  REQUIRE(d);
  CHECK(d->what == What::missing);
  CHECK(d->tensor == "wieghts");
  CHECK(d->step.empty());
  CHECK(d->nearest == "weights");
  CHECK(d->expected_shape == std::vector<std::size_t>{3});
  CHECK(d->place == "a.yaml:3:1");
}

TEST_CASE("diff: only a name that is near is suggested", "[diff][reference]") {
  const auto nearest = [](const std::string& name) {
    return first_difference(trace_of({step("t1", {scalar("t1.scores", 1), scalar("context", 1)}),
                                      step("t2", {scalar("t2.scores", 1)})}),
                            {expect(name, {}, {1})})
        ->nearest;
  };
  CHECK(nearest("scores") == "t1.scores");
  CHECK(nearest("contxt") == "context");
  CHECK(nearest("Context") == "context");
  CHECK(nearest("t2.score") == "t2.scores");
  CHECK(nearest("values").empty());
  CHECK(nearest("k").empty());
}

TEST_CASE("diff: a tensor that has not been computed is absent", "[diff][reference]") {
  Trace got = sample();
  tensor_of(got, 1, 0).values.clear();
  tensor_of(got, 1, 0).shape = {0, 0};
  const auto d = first_difference(got, sample(), {});
  REQUIRE(d);
  CHECK(d->what == What::absent);
  CHECK(d->step == "weights");
  CHECK(d->expected_shape == std::vector<std::size_t>{2, 3});
}

TEST_CASE("diff: shapes are compared before values", "[diff][reference]") {
  const auto d = first_difference(sample(), {expect("weights", {3, 2}, {9, 9, 9, 9, 9, 9})});
  REQUIRE(d);
  CHECK(d->what == What::shape);
  CHECK(d->expected_shape == std::vector<std::size_t>{3, 2});
  CHECK(d->got_shape == std::vector<std::size_t>{2, 3});
  CHECK(d->cell.empty());
}

TEST_CASE("diff: a vector is not a matrix of one row", "[diff][reference]") {
  const auto d = first_difference(trace_of({step("s", {tensor("v", {"n"}, {2}, {1, 2})})}),
                                  {expect("v", {1, 2}, {1, 2})});
  REQUIRE(d);
  CHECK(d->what == What::shape);
}

TEST_CASE("diff: a cell may be off by absolute + relative * |expected|", "[diff][law]") {
  // All of these are exact in binary.
  CHECK(agrees(1.25, 1.0, 0.25, 0.0));
  CHECK_FALSE(agrees(1.25, 1.0, 0.2499, 0.0));
  CHECK(agrees(0.75, 1.0, 0.25, 0.0));
  CHECK(agrees(-5.0, -4.0, 0.0, 0.25));
  CHECK_FALSE(agrees(-5.0, -4.0, 0.0, 0.2499));
  CHECK_FALSE(agrees(-4.0, -5.0, 0.0, 0.1999));  // relative to what is expected, not to what came
  CHECK(agrees(6.0, 4.0, 1.0, 0.25));
  CHECK_FALSE(agrees(6.5, 4.0, 1.0, 0.25));
  CHECK(agrees(-0.0, 0.0, 0.0, 0.0));
}

TEST_CASE("diff: an infinity agrees with itself alone, whatever the tolerance", "[diff][law]") {
  CHECK(agrees(inf, inf, 0.0, 0.0));
  CHECK(agrees(-inf, -inf, 1.0, 1.0));
  CHECK_FALSE(agrees(-inf, inf, 1.0, 1.0));
  CHECK_FALSE(agrees(1.0, inf, 1e300, 1.0));
  CHECK_FALSE(agrees(-inf, 1.0, 1e300, 1.0));
  CHECK_FALSE(agrees(1.7e308, -1.7e308, 1e300, 0.0));  // their distance overflows
}

TEST_CASE("diff: NaN agrees with NaN alone", "[diff][law]") {
  CHECK(agrees(not_a_number, not_a_number, 0.0, 0.0));
  CHECK_FALSE(agrees(not_a_number, 1.0, 1e300, 1.0));
  CHECK_FALSE(agrees(1.0, not_a_number, 1e300, 1.0));
  CHECK_FALSE(agrees(inf, not_a_number, 1.0, 1.0));
}

TEST_CASE("diff: what only one trace has is missing or extra", "[diff][reference]") {
  Trace more = sample();
  more.steps[1].tensors.push_back(scalar("entropy", 1.0));
  more.steps.push_back(step("summary", {}));

  auto d = first_difference(sample(), more, {});
  REQUIRE(d);
  CHECK(d->what == What::missing);
  CHECK(d->step == "weights");
  CHECK(d->tensor == "entropy");

  d = first_difference(more, sample(), {});
  REQUIRE(d);
  CHECK(d->what == What::extra);
  CHECK(d->tensor == "entropy");
  CHECK(d->step == "weights");

  more.steps[1].tensors.pop_back();
  d = first_difference(sample(), more, {});
  REQUIRE(d);
  CHECK(d->what == What::missing);
  CHECK(d->step == "summary");
  CHECK(d->tensor.empty());
  CHECK(first_difference(more, sample(), {})->what == What::extra);
}

TEST_CASE("diff: what is extra comes after every number", "[diff][law]") {
  Trace got = sample();
  got.steps.insert(got.steps.begin(), step("first", {scalar("extra", 1.0)}));
  got.steps.back().tensors[0].values[1] = 7.0;
  const auto d = first_difference(got, sample(), {});
  REQUIRE(d);
  CHECK(d->what == What::value);
  CHECK(d->tensor == "context");
}

TEST_CASE("diff: nothing is expected of what the expected trace has not computed", "[diff][law]") {
  Trace expected = sample();
  tensor_of(expected, 1, 0).values.clear();
  Trace got = sample();
  tensor_of(got, 1, 0).values.clear();
  CHECK_FALSE(first_difference(got, expected, {}));
  CHECK(expectations_of(expected, {}).size() == 3);

  const auto d = first_difference(sample(), expected, {});
  REQUIRE(d);
  CHECK(d->what == What::extra);
  CHECK(d->tensor == "weights");
}

TEST_CASE("diff: words do not matter", "[diff][law]") {
  Trace got = sample();
  got.title = got.source = got.steps[1].title = got.steps[1].prose = "else";
  tensor_of(got, 1, 0).labels.clear();
  tensor_of(got, 1, 0).kind.clear();
  CHECK_FALSE(first_difference(got, sample(), {0.0, 0.0}));
}

TEST_CASE("diff: a tensor may have moved to another step", "[diff][law]") {
  Trace got = sample();
  std::swap(got.steps[0], got.steps[2]);
  CHECK_FALSE(first_difference(got, sample(), {0.0, 0.0}));
}

TEST_CASE("diff: a shape that its values do not fill is an error", "[diff][errors]") {
  CHECK_THROWS_MATCHES(
      first_difference(sample(), {expect("q", {2, 2}, {1, 2, 3})}), std::invalid_argument,
      Catch::Matchers::Message("the expectation of q has 3 values, but its shape wants 4"));
  Trace got = sample();
  tensor_of(got, 0, 0).values.pop_back();
  CHECK_THROWS_MATCHES(first_difference(got, {expect("q", {2, 2}, {1, 2, 3, 4})}),
                       std::invalid_argument,
                       Catch::Matchers::Message("q has 3 values, but its shape wants 4"));
}
