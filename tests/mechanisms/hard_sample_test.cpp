#include "attn/mechanisms/hard_sample.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "attn/core/softmax.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::hard_sample {
using namespace attn::test;

TEST_CASE("hard_sample: a number falls to the location whose stretch it lies in",
          "[hard_sample][law]") {
  Mat weights = zeros(5, 3);
  for (std::size_t i = 0; i < 5; ++i) {
    weights(i, 0) = 0.25;
    weights(i, 1) = 0.5;
    weights(i, 2) = 0.25;
  }
  const Forward f =
      forward(weights, Mat{{1.0}, {2.0}, {3.0}}, Vec{0.0, 0.2499, 0.25, 0.7499, 0.75});
  CHECK(close(f.context, Mat{{1.0}, {1.0}, {2.0}, {2.0}, {3.0}}, 0.0));
}

TEST_CASE("hard_sample: locations are chosen as often as their weights say", "[hard_sample][law]") {
  constexpr std::size_t n = 20000;
  const Vec shares{0.5, 0.0, 0.2, 0.3};
  Mat weights = zeros(n, 4);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < 4; ++j) weights(i, j) = shares(j);
  }
  Random random(3);
  const Forward f = forward(weights, zeros(4, 1), draws(n, random));
  for (std::size_t j = 0; j < 4; ++j) {
    double count = 0.0;
    for (std::size_t i = 0; i < n; ++i) count += f.choice(i, j);
    const double error = std::sqrt(shares(j) * (1.0 - shares(j)) / static_cast<double>(n));
    CHECK(std::abs(count / static_cast<double>(n) - shares(j)) <= 4.0 * error);
  }
}

TEST_CASE("hard_sample: what rounding leaves over goes to the last location with a weight",
          "[hard_sample][law]") {
  const Forward f = forward(Mat{{0.3, 0.3, 0.3, 0.0}}, zeros(4, 1), Vec{0.95});
  CHECK(close(f.choice, Mat{{0.0, 0.0, 1.0, 0.0}}, 0.0));
}

TEST_CASE("hard_sample: a query that may see nothing chooses nothing", "[hard_sample][law]") {
  const Forward f = forward(Mat{{0.0, 0.0, 0.0}}, random_mat(3, 2, 1), Vec{0.5});
  CHECK(close(f.choice, zeros(1, 3), 0.0));
  CHECK(close(f.context, zeros(1, 2), 0.0));
}

TEST_CASE("hard_sample: gradients agree with central differences, and weights have none",
          "[hard_sample][gradient]") {
  Mat weights = softmax(random_mat(3, 5, 6));
  Mat values = random_mat(5, 2, 7);
  const Vec u{0.11, 0.47, 0.83};
  const Mat d_context = random_mat(3, 2, 8);
  const auto loss = [&] { return inner(forward(weights, values, u).context, d_context); };
  const Backward b = backward(forward(weights, values, u), d_context);
  CHECK(check_gradient(loss, values, b.d_values));
  CHECK(check_gradient(loss, weights, zeros(3, 5)));
}

TEST_CASE("hard_sample: choices are NumPy's from the same seed", "[hard_sample][reference]") {
  for (const Fixture& c : Fixture("hard_sample")["cases"].items()) {
    INFO(c.path());
    const Mat weights = c["weights"].mat();
    Random random(c["seed"].integer());
    const Vec u = draws(rows(weights), random);
    CHECK(close(u, c["u"].vec(), 0.0));
    const Forward f = forward(weights, c["values"].mat(), u);
    CHECK(fields_close(f, c["forward"], 1e-12));
    CHECK(fields_close(backward(f, c["d_context"].mat()), c["backward"], 1e-12));
  }
}

TEST_CASE("hard_sample: errors name the tensor and what was expected", "[hard_sample][errors]") {
  CHECK(message_of<ShapeError>([] { forward(zeros(2, 0), zeros(0, 3), zeros(2)); }) ==
        "weights has shape (2, 0): axis Tk is empty");
  CHECK(message_of<ShapeError>([] { forward(zeros(2, 4), zeros(3, 2), zeros(2)); }) ==
        "values has shape (3, 2), expected (4, 2), that is (Tk, dv): each key has one value");
  CHECK(message_of<ShapeError>([] { forward(zeros(2, 4), zeros(4, 2), zeros(4)); }) ==
        "u has shape (4), expected (2), that is (Tq): one number for each query");
  CHECK(message_of<std::invalid_argument>([] { forward(zeros(1, 2), zeros(2, 1), Vec{1.0}); }) ==
        "u has an entry 1, expected numbers from 0 up to 1, 1 left out");
  CHECK(message_of<std::invalid_argument>([] {
          forward(zeros(1, 2), zeros(2, 1), Vec{std::nan("")});
        }) == "u has an entry nan, expected numbers from 0 up to 1, 1 left out");
  CHECK(message_of<ShapeError>(
            [] { backward(forward(zeros(2, 4), zeros(4, 3), zeros(2)), zeros(3, 2)); }) ==
        "d_context has shape (3, 2), expected (2, 3), that is (Tq, dv): the shape of the context");
}

}  // namespace attn::hard_sample
