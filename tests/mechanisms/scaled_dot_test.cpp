#include "attn/mechanisms/scaled_dot.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "attn/mechanisms/mask.hpp"
#include "attn/mechanisms/scale.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/random.hpp"

namespace attn::scaled_dot {
using namespace attn::test;

TEST_CASE("scaled_dot: each row of weights sums to 1", "[scaled_dot][law]") {
  const Forward f = forward(random_mat(3, 4, 1), random_mat(5, 4, 2), random_mat(5, 2, 3));
  for (std::size_t i = 0; i < 3; ++i) {
    double sum = 0.0;
    for (std::size_t j = 0; j < 5; ++j) sum += f.weights(i, j);
    CHECK(close(sum, 1.0, 1e-15));
  }
}

TEST_CASE("scaled_dot: weights follow the keys when these are permuted, the context stays",
          "[scaled_dot][law]") {
  const Mat queries = random_mat(3, 4, 4);
  const Mat keys = random_mat(5, 4, 5);
  const Mat values = random_mat(5, 2, 6);
  const Mask mask = random_mask(3, 5, 7);
  const Order order{3, 0, 4, 1, 2};
  const Forward f = forward(queries, keys, values, mask, 0.5);
  const Forward g = forward(queries, permute_rows(keys, order), permute_rows(values, order),
                            permute_columns(mask, order), 0.5);
  CHECK(close(g.weights, permute_columns(f.weights, order), 1e-14));
  CHECK(close(g.context, f.context, 1e-14));
}

TEST_CASE("scaled_dot: permuting the queries permutes the context", "[scaled_dot][law]") {
  const Mat queries = random_mat(3, 4, 8);
  const Mat keys = random_mat(5, 4, 9);
  const Mat values = random_mat(5, 2, 10);
  const Order order{2, 0, 1};
  CHECK(close(forward(permute_rows(queries, order), keys, values).context,
              permute_rows(forward(queries, keys, values).context, order), 1e-14));
}

TEST_CASE("scaled_dot: a query of 0 reads the mean of the values", "[scaled_dot][law]") {
  const Mat values{{1.0, 8.0}, {2.0, 6.0}, {3.0, 4.0}, {10.0, 2.0}};
  const Forward f = forward(zeros(1, 3), random_mat(4, 3, 11), values);
  CHECK(close(f.context, Mat{{4.0, 5.0}}, 0.0));
}

TEST_CASE("scaled_dot: with a causal mask the first query reads the first value",
          "[scaled_dot][law]") {
  const Mat x = random_mat(4, 3, 12);
  const Forward f = forward(x, x, x, mask::causal(4, 4), scale::sqrt_dk(3));
  CHECK(close(permute_rows(f.context, {0, 0, 0, 0}), permute_rows(x, {0, 0, 0, 0}), 0.0));
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = i + 1; j < 4; ++j) CHECK(f.weights(i, j) == 0.0);
  }
}

TEST_CASE("scaled_dot: a masked key has a weight of exactly 0 and gets no gradient",
          "[scaled_dot][law]") {
  const Mat queries = random_mat(3, 4, 13);
  const Mat keys = random_mat(5, 4, 14);
  const Mat values = random_mat(5, 2, 15);
  const Forward f = forward(queries, keys, values, mask::valid_lengths({4}, 3, 5), 0.5);
  const Backward b = backward(queries, keys, values, 0.5, f, random_mat(3, 2, 16));
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(f.masked(i, 4) == -std::numeric_limits<double>::infinity());
    CHECK(f.weights(i, 4) == 0.0);
    CHECK(b.d_scores(i, 4) == 0.0);
  }
  for (std::size_t d = 0; d < 4; ++d) CHECK(b.d_keys(4, d) == 0.0);
  for (std::size_t d = 0; d < 2; ++d) CHECK(b.d_values(4, d) == 0.0);
}

TEST_CASE("scaled_dot: a query whose keys are all masked reads 0, never NaN", "[scaled_dot][law]") {
  const Mat queries = random_mat(2, 4, 17);
  const Mat keys = random_mat(5, 4, 18);
  const Mat values = random_mat(5, 3, 19);
  const Forward f = forward(queries, keys, values, mask::valid_lengths({0, 2}, 2, 5), 0.5);
  const Backward b = backward(queries, keys, values, 0.5, f, random_mat(2, 3, 20));
  for (std::size_t j = 0; j < 5; ++j) CHECK(f.weights(0, j) == 0.0);
  for (std::size_t d = 0; d < 3; ++d) CHECK(f.context(0, d) == 0.0);
  for (std::size_t d = 0; d < 4; ++d) CHECK(b.d_queries(0, d) == 0.0);
}

TEST_CASE("scaled_dot: scores of 10000 and -10000 are stable", "[scaled_dot][law]") {
  const Mat queries{{100.0}, {-100.0}};
  const Mat keys{{100.0}, {-100.0}, {100.0}};
  const Mat values{{1.0}, {5.0}, {3.0}};
  const Forward f = forward(queries, keys, values);
  CHECK(close(f.scores, Mat{{1e4, -1e4, 1e4}, {-1e4, 1e4, -1e4}}, 0.0));
  CHECK(close(f.weights, Mat{{0.5, 0.0, 0.5}, {0.0, 1.0, 0.0}}, 0.0));
  CHECK(close(f.context, Mat{{2.0}, {5.0}}, 0.0));
}

TEST_CASE("scaled_dot: gradients agree with central differences", "[scaled_dot][gradient]") {
  Mat queries = random_mat(3, 4, 21);
  Mat keys = random_mat(5, 4, 22);
  Mat values = random_mat(5, 2, 23);
  Mask mask = random_mask(3, 5, 24);
  for (std::size_t j = 0; j < 5; ++j) mask(1, j) = false;
  const Mat d_context = random_mat(3, 2, 25);
  const double scale = 0.7;
  const auto loss = [&] {
    return inner(forward(queries, keys, values, mask, scale).context, d_context);
  };
  const Forward f = forward(queries, keys, values, mask, scale);
  const Backward b = backward(queries, keys, values, scale, f, d_context);
  CHECK(check_gradient(loss, queries, b.d_queries));
  CHECK(check_gradient(loss, keys, b.d_keys));
  CHECK(check_gradient(loss, values, b.d_values));
}

TEST_CASE("scaled_dot: everything is as PyTorch computes it", "[scaled_dot][reference]") {
  for (const Fixture& c : Fixture("scaled_dot")["cases"].items()) {
    INFO(c.path() << ", mask: " << c["name"].text());
    const Mat queries = c["queries"].mat();
    const Mat keys = c["keys"].mat();
    const Mat values = c["values"].mat();
    const double scale = c["scale"].number();
    const Forward f = forward(queries, keys, values, c["mask"].mask(), scale);
    CHECK(fields_close(f, c["forward"], 1e-12));
    const Backward b = backward(queries, keys, values, scale, f, c["d_context"].mat());
    CHECK(fields_close(b, c["backward"], 1e-12));
  }
}

TEST_CASE("scaled_dot: scores 112 and 96 at dk = 64 become 14 and 12, then 0.88 and 0.12",
          "[scaled_dot][reference]") {  // Alammar, "The Illustrated Transformer"
  Mat queries = zeros(1, 64);
  Mat keys = zeros(2, 64);
  queries(0, 0) = 8.0;
  keys(0, 0) = 14.0;
  keys(1, 0) = 12.0;
  const Forward f = forward(queries, keys, Mat{{1.0}, {0.0}});
  CHECK(close(f.scores, Mat{{112.0, 96.0}}, 0.0));
  CHECK(close(f.scaled, Mat{{14.0, 12.0}}, 0.0));
  CHECK(close(f.weights, Mat{{0.880797, 0.119203}}, 5e-7));
}

TEST_CASE("scaled_dot: the default scale is 1/sqrt(dk)", "[scaled_dot][law]") {
  CHECK(scale::sqrt_dk(64) == 0.125);
  const Mat x = random_mat(3, 4, 26);
  CHECK(close(forward(x, x, x).scaled, forward(x, x, x, mask::full(3, 3), 0.5).scaled, 0.0));
}

TEST_CASE(
    "scaled_dot: a weight of almost 1 hides nothing: each gradient is right relative to itself",
    "[scaled_dot][reference]") {
  for (const Fixture& c : Fixture("saturated")["attention"].items()) {
    INFO(c["name"].text());
    const Mat queries = c["queries"].mat(), keys = c["keys"].mat(), values = c["values"].mat();
    const Forward f = forward(queries, keys, values, mask::full(rows(queries), rows(keys)), 1.0);
    const Backward b = backward(queries, keys, values, 1.0, f, c["d_context"].mat());
    CHECK(relatively_close(b.d_scaled, c["d_scores"].mat(), 1e-12));
    CHECK(relatively_close(b.d_queries, c["d_queries"].mat(), 1e-12));
    CHECK(relatively_close(b.d_keys, c["d_keys"].mat(), 1e-12));
  }
}

TEST_CASE("scaled_dot: errors name the tensor and what was expected", "[scaled_dot][errors]") {
  CHECK(message_of<ShapeError>([] { forward(zeros(3, 2), zeros(5, 4), zeros(5, 6)); }) ==
        "keys has shape (5, 4), expected (5, 2), that is (Tk, dk): keys are as wide as queries");
  CHECK(message_of<ShapeError>([] { forward(zeros(3, 4), zeros(5, 4), zeros(3, 6)); }) ==
        "values has shape (3, 6), expected (5, 6), that is (Tk, dv): each key has one value");
  CHECK(message_of<ShapeError>(
            [] { forward(zeros(3, 4), zeros(5, 4), zeros(5, 6), mask::full(5, 3), 1.0); }) ==
        "mask has shape (5, 3), expected (3, 5), that is (Tq, Tk): one entry for each query and "
        "key");
  CHECK(message_of<ShapeError>([] { forward(zeros(0, 4), zeros(5, 4), zeros(5, 6)); }) ==
        "queries has shape (0, 4): axis Tq is empty");
  CHECK(message_of<ShapeError>([] { forward(zeros(3, 0), zeros(5, 0), zeros(5, 6)); }) ==
        "queries has shape (3, 0): axis dk is empty");
  CHECK(message_of<ShapeError>([] { forward(zeros(3, 4), zeros(0, 4), zeros(0, 6)); }) ==
        "keys has shape (0, 4): axis Tk is empty");
  CHECK(message_of<ShapeError>([] { forward(zeros(3, 4), zeros(5, 4), zeros(5, 0)); }) ==
        "values has shape (5, 0): axis dv is empty");
  CHECK(message_of<ShapeError>([] {
          const Forward f = forward(zeros(3, 4), zeros(5, 4), zeros(5, 6));
          backward(zeros(3, 4), zeros(5, 4), zeros(5, 6), 0.5, f, zeros(6, 3));
        }) ==
        "d_context has shape (6, 3), expected (3, 6), that is (Tq, dv): the shape of the context");
}

}  // namespace attn::scaled_dot
