#include "attn/mechanisms/linear.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::linear {
using namespace attn::test;

TEST_CASE("linear: a row of 0 goes to b, and unit row d to row d of W plus b", "[linear][law]") {
  const Params params{Mat{{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}, Vec{10.0, 20.0, 30.0}};
  CHECK(close(forward(params, Mat{{0.0, 0.0}, {1.0, 0.0}, {0.0, 1.0}}).y,
              Mat{{10.0, 20.0, 30.0}, {11.0, 22.0, 33.0}, {14.0, 25.0, 36.0}}, 0.0));
  CHECK(close(forward(without_bias(params.W), Mat{{0.0, 1.0}}).y, Mat{{4.0, 5.0, 6.0}}, 0.0));
}

TEST_CASE("linear: gradients agree with central differences", "[linear][gradient]") {
  Params params{random_mat(4, 2, 1), random_vec(2, 2)};
  Mat x = random_mat(3, 4, 3);
  const Mat d_y = random_mat(3, 2, 4);
  const auto loss = [&] { return inner(forward(params, x).y, d_y); };
  const Backward b = backward(params, x, forward(params, x), d_y);
  CHECK(check_gradient(loss, params.W, b.d_W));
  CHECK(check_gradient(loss, params.b, b.d_b));
  CHECK(check_gradient(loss, x, b.d_x));
}

TEST_CASE("linear: everything is as PyTorch computes it", "[linear][reference]") {
  for (const Fixture& c : Fixture("linear")["cases"].items()) {
    INFO(c.path());
    const Params params{c["W"].mat(), c["b"].vec()};
    const Mat x = c["x"].mat();
    const Forward f = forward(params, x);
    CHECK(fields_close(f, c["forward"], 1e-12));
    CHECK(fields_close(backward(params, x, f, c["d_y"].mat()), c["backward"], 1e-12));
  }
}

TEST_CASE("linear: errors name the tensor and what was expected", "[linear][errors]") {
  CHECK(message_of<ShapeError>([] { forward(without_bias(zeros(2, 3)), zeros(5, 4)); }) ==
        "W has shape (2, 3), expected (4, 3), that is (din, dout): one row for each column of x");
  CHECK(message_of<ShapeError>([] {
          forward({zeros(2, 3), zeros(2)}, zeros(5, 2));
        }) == "b has shape (2), expected (3), that is (dout): one entry for each column of W");
  CHECK(message_of<ShapeError>([] { forward(without_bias(zeros(2, 0)), zeros(5, 2)); }) ==
        "W has shape (2, 0): axis dout is empty");
  CHECK(message_of<ShapeError>([] { forward(without_bias(zeros(2, 3)), zeros(0, 2)); }) ==
        "x has shape (0, 2): axis T is empty");
  CHECK(message_of<ShapeError>([] {
          const Params params = without_bias(zeros(2, 3));
          backward(params, zeros(5, 2), forward(params, zeros(5, 2)), zeros(3, 5));
        }) == "d_y has shape (3, 5), expected (5, 3), that is (T, dout): the shape of y");
}

}  // namespace attn::linear
