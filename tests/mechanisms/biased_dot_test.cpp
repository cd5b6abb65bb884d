#include "attn/mechanisms/biased_dot.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/mechanisms/scaled_dot.hpp"
#include "attn/mechanisms/softcap.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

// Everything against PyTorch: tests/chapters/scaled_dot_product_extended_test.cpp.
namespace attn::biased_dot {
using namespace attn::test;

namespace {

struct Inputs {
  Mat queries = random_mat(3, 4, 1), keys = random_mat(5, 4, 2), values = random_mat(5, 2, 3);
  Mask mask = random_mask(3, 5, 4);
  Mat d_context = random_mat(3, 2, 5);
  Scoring scoring{.scale = 0.7, .softcap = 1.5, .bias = random_mat(3, 5, 6)};

  Forward run() const { return forward(queries, keys, values, mask, scoring); }
};

}  // namespace

TEST_CASE("biased_dot: without cap and bias every tensor is scaled_dot's", "[biased_dot][law]") {
  Inputs in;
  in.scoring = {.scale = 0.4};
  const Forward f = in.run();
  const scaled_dot::Forward g = scaled_dot::forward(in.queries, in.keys, in.values, in.mask, 0.4);
  std::vector<std::string> names, expected;
  Forward::each(f, [&](const Field& field, const Mat&) { names.emplace_back(field.name); });
  scaled_dot::Forward::each(g, [&](const Field& field, const Mat& value) {
    expected.emplace_back(field.name);
    Forward::each(f, [&](const Field& own, const Mat& found) {
      if (own.name != field.name) return;
      CHECK(close(found, value, 0.0));
      CHECK(own.formula == field.formula);
      CHECK(own.axes == field.axes);
    });
  });
  CHECK(names == expected);
}

TEST_CASE("biased_dot: the cap comes before the bias, and both before the mask",
          "[biased_dot][law]") {
  const Inputs in;
  const Forward f = in.run();
  CHECK(close(f.capped, softcap::forward(f.scaled, 1.5), 0.0));
  CHECK(close(f.biased, Mat(f.capped + in.scoring.bias), 0.0));
  for (std::size_t i = 0; i < 15; ++i) {
    if (in.mask.data()[i])
      CHECK(f.masked.data()[i] == f.biased.data()[i]);
    else
      CHECK(f.weights.data()[i] == 0.0);
  }
}

TEST_CASE("biased_dot: gradients agree with central differences", "[biased_dot][gradient]") {
  Inputs in;
  const Backward b = backward(in.queries, in.keys, in.values, in.scoring, in.run(), in.d_context);
  const auto loss = [&] { return inner(in.run().context, in.d_context); };
  CHECK(check_gradient(loss, in.queries, b.d_queries));
  CHECK(check_gradient(loss, in.keys, b.d_keys));
  CHECK(check_gradient(loss, in.values, b.d_values));
  CHECK(check_gradient(loss, in.scoring.bias, b.d_bias));
}

TEST_CASE("biased_dot: errors name the tensor and what was expected", "[biased_dot][errors]") {
  Inputs in;
  in.keys = zeros(5, 3);
  CHECK(message_of<ShapeError>([&] { in.run(); }) ==
        "keys has shape (5, 3), expected (5, 4), that is (Tk, dk): keys are as wide as queries");
  in = {};
  CHECK(message_of<ShapeError>(
            [&] { backward(in.queries, in.keys, in.values, in.scoring, in.run(), zeros(3, 3)); }) ==
        "d_context has shape (3, 3), expected (3, 2), that is (Tq, dv): the shape of the "
        "context");
}

}  // namespace attn::biased_dot
