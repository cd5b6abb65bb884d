#include "attn/mechanisms/pooling.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "attn/mechanisms/mask.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/random.hpp"

namespace attn::pooling {
using namespace attn::test;

TEST_CASE("pooling: each row of weights sums to 1", "[pooling][law]") {
  const Forward f = forward(random_mat(3, 5, 1), random_mat(5, 2, 2), random_mask(3, 5, 3));
  for (std::size_t i = 0; i < 3; ++i) {
    double sum = 0.0;
    for (std::size_t j = 0; j < 5; ++j) sum += f.weights(i, j);
    CHECK(close(sum, 1.0, 1e-15));
  }
}

TEST_CASE("pooling: the order of the keys does not matter to the context", "[pooling][law]") {
  const Mat scores = random_mat(3, 5, 4);
  const Mat values = random_mat(5, 2, 5);
  const Mask mask = random_mask(3, 5, 6);
  const Order order{3, 0, 4, 1, 2};
  const Forward f = forward(scores, values, mask);
  const Forward g = forward(permute_columns(scores, order), permute_rows(values, order),
                            permute_columns(mask, order));
  CHECK(close(g.weights, permute_columns(f.weights, order), 1e-15));
  CHECK(close(g.context, f.context, 1e-14));
}

TEST_CASE("pooling: equal scores give the mean of the values", "[pooling][law]") {
  const Mat scores(Mat::shape_type{2, 4}, 7.0);
  const Mat values{{1.0, 8.0}, {2.0, 6.0}, {3.0, 4.0}, {10.0, 2.0}};
  const Forward f = forward(scores, values, mask::full(2, 4));
  CHECK(close(f.weights, Mat(Mat::shape_type{2, 4}, 0.25), 0.0));
  CHECK(close(f.context, Mat{{4.0, 5.0}, {4.0, 5.0}}, 0.0));
  const Forward some = forward(scores, values, mask::valid_lengths({1, 3}, 2, 4));
  CHECK(close(some.context, Mat{{1.0, 8.0}, {2.0, 6.0}}, 1e-15));
}

TEST_CASE("pooling: adding a number to all scores of a row changes no weight", "[pooling][law]") {
  const Mat scores = random_mat(3, 5, 7);
  Mat shifted = scores;
  for (std::size_t j = 0; j < 5; ++j) shifted(1, j) += 1000.0;
  const Mat values = random_mat(5, 2, 8);
  CHECK(close(forward(shifted, values, mask::full(3, 5)).weights,
              forward(scores, values, mask::full(3, 5)).weights, 1e-12));
}

TEST_CASE("pooling: a masked key has a weight of exactly 0 and gets no gradient",
          "[pooling][law]") {
  Mat scores = random_mat(3, 5, 9);
  Mat values = random_mat(5, 2, 10);
  Mask mask = mask::full(3, 5);
  mask(0, 1) = mask(1, 1) = mask(2, 1) = false;  // key 1 is hidden from all
  mask(2, 4) = false;
  const Mat d_context = random_mat(3, 2, 11);
  const Forward f = forward(scores, values, mask);
  const Backward b = backward(values, f, d_context);
  CHECK(f.masked(2, 4) == -std::numeric_limits<double>::infinity());
  CHECK(f.weights(2, 4) == 0.0);
  CHECK(b.d_scores(2, 4) == 0.0);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(f.weights(i, 1) == 0.0);
    CHECK(b.d_scores(i, 1) == 0.0);
  }
  CHECK(b.d_values(1, 0) == 0.0);
  CHECK(b.d_values(1, 1) == 0.0);

  scores(2, 4) = 1e4;  // what is hidden has no influence
  values(1, 0) = -1e4;
  CHECK(close(forward(scores, values, mask).context, f.context, 0.0));
}

TEST_CASE("pooling: a row whose keys are all masked reads 0, never NaN", "[pooling][law]") {
  const Mat values = random_mat(4, 2, 12);
  const Forward f = forward(random_mat(2, 4, 13), values, mask::valid_lengths({0, 3}, 2, 4));
  const Backward b = backward(values, f, random_mat(2, 2, 14));
  for (std::size_t j = 0; j < 4; ++j) {
    CHECK(f.weights(0, j) == 0.0);
    CHECK(b.d_scores(0, j) == 0.0);
  }
  CHECK(f.context(0, 0) == 0.0);
  CHECK(f.context(0, 1) == 0.0);
  CHECK(f.context(1, 0) != 0.0);
}

TEST_CASE("pooling: scores of 10000 and -10000 are stable", "[pooling][law]") {
  const Mat scores{{1e4, -1e4, 1e4}, {-1e4, -1e4, -1e4}};
  const Mat values{{1.0}, {5.0}, {3.0}};
  const Forward f = forward(scores, values, mask::full(2, 3));
  CHECK(close(f.weights, Mat{{0.5, 0.0, 0.5}, {1.0 / 3, 1.0 / 3, 1.0 / 3}}, 1e-15));
  CHECK(close(f.context, Mat{{2.0}, {3.0}}, 1e-15));
  const Backward b = backward(values, f, Mat{{1.0}, {1.0}});
  CHECK(close(b.d_scores, Mat{{-0.5, 0.0, 0.5}, {-2.0 / 3, 2.0 / 3, 0.0}}, 1e-15));
}

TEST_CASE("pooling: gradients agree with central differences", "[pooling][gradient]") {
  Mat scores = random_mat(3, 5, 15);
  Mat values = random_mat(5, 2, 16);
  Mask mask = random_mask(3, 5, 17);
  for (std::size_t j = 0; j < 5; ++j) mask(1, j) = false;
  const Mat d_context = random_mat(3, 2, 18);
  const auto loss = [&] { return inner(forward(scores, values, mask).context, d_context); };
  const Backward b = backward(values, forward(scores, values, mask), d_context);
  CHECK(check_gradient(loss, scores, b.d_scores));
  CHECK(check_gradient(loss, values, b.d_values));
}

TEST_CASE("pooling: everything is as PyTorch computes it", "[pooling][reference]") {
  for (const Fixture& c : Fixture("pooling")["cases"].items()) {
    INFO(c.path() << ", mask: " << c["name"].text());
    const Mat values = c["values"].mat();
    const Forward f = forward(c["scores"].mat(), values, c["mask"].mask());
    CHECK(fields_close(f, c["forward"], 1e-12));
    CHECK(fields_close(backward(values, f, c["d_context"].mat()), c["backward"], 1e-12));
  }
}

TEST_CASE("pooling: weights 0.8 and 0.2 on [1, 1] and [2, 0] read [1.2, 0.8]",
          "[pooling][reference]") {
  const Mat scores{{1.3862943611198906, 0.0}};  // log 4, so that the weights are 4/5 and 1/5
  const Forward f = forward(scores, Mat{{1.0, 1.0}, {2.0, 0.0}}, mask::full(1, 2));
  CHECK(close(f.weights, Mat{{0.8, 0.2}}, 1e-15));
  CHECK(close(f.context, Mat{{1.2, 0.8}}, 1e-15));
}

TEST_CASE("pooling: errors name the tensor and what was expected", "[pooling][errors]") {
  CHECK(message_of<ShapeError>([] { forward(zeros(3, 5), zeros(4, 2), mask::full(3, 5)); }) ==
        "values has shape (4, 2), expected (5, 2), that is (Tk, dv): each key has one value");
  CHECK(message_of<ShapeError>([] { forward(zeros(3, 5), zeros(5, 2), mask::full(5, 3)); }) ==
        "mask has shape (5, 3), expected (3, 5), that is (Tq, Tk): one entry for each query and "
        "key");
  CHECK(message_of<ShapeError>([] { forward(zeros(3, 0), zeros(0, 2), mask::full(3, 0)); }) ==
        "scores has shape (3, 0): axis Tk is empty");
  CHECK(message_of<ShapeError>([] { forward(zeros(0, 5), zeros(5, 2), mask::full(0, 5)); }) ==
        "scores has shape (0, 5): axis Tq is empty");
  CHECK(message_of<ShapeError>([] { forward(zeros(3, 5), zeros(5, 0), mask::full(3, 5)); }) ==
        "values has shape (5, 0): axis dv is empty");
  CHECK(message_of<ShapeError>([] {
          const Mat values = zeros(5, 2);
          backward(values, forward(zeros(3, 5), values, mask::full(3, 5)), zeros(3, 5));
        }) ==
        "d_context has shape (3, 5), expected (3, 2), that is (Tq, dv): the shape of the context");
}

}  // namespace attn::pooling
