#include "attn/mechanisms/gaussian.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/softmax.hpp"
#include "attn/mechanisms/dot.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/random.hpp"

namespace attn::gaussian {
using namespace attn::test;

TEST_CASE("gaussian: scores follow the keys when these are permuted", "[gaussian][law]") {
  const Mat queries = random_mat(3, 4, 1);
  const Mat keys = random_mat(5, 4, 2);
  const Order order{3, 0, 4, 1, 2};
  CHECK(close(forward({0.5}, queries, permute_rows(keys, order)).scores,
              permute_columns(forward({0.5}, queries, keys).scores, order), 1e-14));
}

TEST_CASE("gaussian: the best score, 0, belongs to a key equal to the query", "[gaussian][law]") {
  const Mat queries{{1.0, 2.0}};
  const Mat keys{{1.0, 2.0}, {4.0, -2.0}, {1.0, 1.0}};
  const Forward f = forward({2.0}, queries, keys);
  CHECK(close(f.squared_distances, Mat{{0.0, 25.0, 1.0}}, 0.0));
  CHECK(close(f.scores, Mat{{0.0, -50.0, -2.0}}, 0.0));
}

TEST_CASE("gaussian: a width w of 0 scores all keys alike", "[gaussian][law]") {
  const Forward f = forward({0.0}, random_mat(3, 4, 3), random_mat(5, 4, 4));
  CHECK(close(softmax(f.scores), Mat(Mat::shape_type{3, 5}, 0.2), 1e-15));
}

TEST_CASE("gaussian: among keys of one length its weights are those of the dot product",
          "[gaussian][law]") {  // since |q - k|^2 = |q|^2 + |k|^2 - 2 q . k
  const Mat queries = random_mat(3, 2, 5);
  const Mat keys{{0.6, 0.8}, {-0.8, 0.6}, {0.0, 1.0}, {-1.0, 0.0}};
  CHECK(close(softmax(forward({1.0}, queries, keys).scores),
              softmax(dot::forward(queries, keys).scores), 1e-15));
}

TEST_CASE("gaussian: gradients agree with central differences", "[gaussian][gradient]") {
  Vec w{0.7};
  Mat queries = random_mat(3, 4, 6);
  Mat keys = random_mat(5, 4, 7);
  const Mat d_scores = random_mat(3, 5, 8);
  const auto loss = [&] { return inner(forward({w(0)}, queries, keys).scores, d_scores); };
  const Backward b = backward({w(0)}, queries, keys, forward({w(0)}, queries, keys), d_scores);
  CHECK(check_gradient(loss, w, Vec{b.d_w}));
  CHECK(check_gradient(loss, queries, b.d_queries));
  CHECK(check_gradient(loss, keys, b.d_keys));
}

TEST_CASE("gaussian: everything is as PyTorch computes it", "[gaussian][reference]") {
  for (const Fixture& c : Fixture("gaussian")["cases"].items()) {
    INFO(c.path());
    const Params params{c["w"].number()};
    const Mat queries = c["queries"].mat();
    const Mat keys = c["keys"].mat();
    const Forward f = forward(params, queries, keys);
    CHECK(fields_close(f, c["forward"], 1e-12));
    const Backward b = backward(params, queries, keys, f, c["d_scores"].mat());
    CHECK(fields_close(b, c["backward"], 1e-12));
  }
}

TEST_CASE("gaussian: a w whose square no double is gives what scores and gradients are",
          "[gaussian][law]") {
  const auto check = [](double w, double distance, double d_score) {
    CAPTURE(w, distance, d_score);
    const Mat queries{{distance}}, keys{{0.0}};
    const Forward f = forward({w}, queries, keys);
    // -(w |q - k|)^2 / 2, and its derivatives -w |q - k|^2 and -+ w^2 (q - k): powers of two
    CHECK(f.scores(0, 0) == -0.5 * (w * distance) * (w * distance));
    const Backward b = backward({w}, queries, keys, f, Mat{{d_score}});
    CHECK(b.d_w == -(w * distance) * (distance * d_score));
    CHECK(b.d_squared_distances(0, 0) == -0.5 * (w * d_score * w));
    CHECK(b.d_queries(0, 0) == -(w * distance) * (w * d_score));
    CHECK(b.d_keys(0, 0) == (w * distance) * (w * d_score));
  };
  check(0x1p-600, 0x1p400, 0x1p300);
  check(0x1p600, 0x1p-400, 0x1p-300);
  check(0x1p600, 0x1p-550, 0x1p-300);  // |q - k|^2 is 0 as a double
  check(0x1p-600, 0x1p500, 0x1p-100);  // dL/d|q - k|^2 is
}

TEST_CASE("gaussian: errors name the tensor and what was expected", "[gaussian][errors]") {
  CHECK(message_of<ShapeError>([] { forward({}, zeros(1, 2), zeros(4, 3)); }) ==
        "keys has shape (4, 3), expected (4, 2), that is (Tk, dk): keys are as wide as queries");
  CHECK(message_of<ShapeError>([] { forward({}, zeros(0, 2), zeros(4, 2)); }) ==
        "queries has shape (0, 2): axis Tq is empty");
  CHECK(message_of<ShapeError>([] {
          const Forward f = forward({}, zeros(1, 2), zeros(4, 2));
          backward({}, zeros(1, 2), zeros(4, 2), f, zeros(4, 1));
        }) ==
        "d_scores has shape (4, 1), expected (1, 4), that is (Tq, Tk): the shape of the scores");
}

}  // namespace attn::gaussian
