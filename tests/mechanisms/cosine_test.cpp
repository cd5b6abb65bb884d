#include "attn/mechanisms/cosine.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/random.hpp"

namespace attn::cosine {
using namespace attn::test;

TEST_CASE("cosine: scores follow the keys when these are permuted", "[cosine][law]") {
  const Mat queries = random_mat(3, 4, 1);
  const Mat keys = random_mat(5, 4, 2);
  const Order order{3, 0, 4, 1, 2};
  CHECK(close(forward({2.0}, queries, permute_rows(keys, order)).scores,
              permute_columns(forward({2.0}, queries, keys).scores, order), 1e-14));
}

TEST_CASE("cosine: only directions count, not lengths", "[cosine][law]") {
  const Mat queries{{3.0, 4.0}, {3e-200, 4e-200}, {3e200, 4e200}};
  const Mat keys{{6.0, 8.0}, {-0.3, -0.4}, {-4.0, 3.0}, {5.0, 0.0}};
  const Forward f = forward({2.0}, queries, keys);
  CHECK(close(f.key_norms, Vec{10.0, 0.5, 5.0, 5.0}, 1e-15));
  CHECK(close(f.scores, Mat{{2.0, -2.0, 0.0, 1.2}, {2.0, -2.0, 0.0, 1.2}, {2.0, -2.0, 0.0, 1.2}},
              1e-15));
}

TEST_CASE("cosine: a zero vector scores 0 and gets no gradient", "[cosine][law]") {
  const Mat queries{{1.0, 2.0}, {0.0, 0.0}};
  const Mat keys{{0.0, 0.0}, {2.0, 1.0}};
  const Mat d_scores{{1.0, 0.0}, {1.0, 1.0}};  // none for the one pair that has a cosine
  const Forward f = forward({3.0}, queries, keys);
  CHECK(close(f.scores, Mat{{0.0, 3.0 * 0.8}, {0.0, 0.0}}, 1e-15));
  const Backward b = backward({3.0}, f, d_scores);
  CHECK(close(b.d_queries, zeros(2, 2), 0.0));
  CHECK(close(b.d_keys, zeros(2, 2), 0.0));
  CHECK(b.d_beta == 0.0);
}

TEST_CASE("cosine: gradients are at right angles to queries and keys", "[cosine][law]") {
  const Mat queries = random_mat(3, 4, 3);
  const Mat keys = random_mat(5, 4, 4);
  const Backward b = backward({1.5}, forward({1.5}, queries, keys), random_mat(3, 5, 5));
  for (std::size_t i = 0; i < 3; ++i) {
    double along = 0.0;
    for (std::size_t d = 0; d < 4; ++d) along += b.d_queries(i, d) * queries(i, d);
    CHECK(close(along, 0.0, 1e-14));
  }
  for (std::size_t j = 0; j < 5; ++j) {
    double along = 0.0;
    for (std::size_t d = 0; d < 4; ++d) along += b.d_keys(j, d) * keys(j, d);
    CHECK(close(along, 0.0, 1e-14));
  }
}

TEST_CASE("cosine: gradients agree with central differences", "[cosine][gradient]") {
  Vec beta{1.5};
  Mat queries = random_mat(3, 4, 6);
  Mat keys = random_mat(5, 4, 7);
  const Mat d_scores = random_mat(3, 5, 8);
  const auto loss = [&] { return inner(forward({beta(0)}, queries, keys).scores, d_scores); };
  const Backward b = backward({beta(0)}, forward({beta(0)}, queries, keys), d_scores);
  CHECK(check_gradient(loss, beta, Vec{b.d_beta}));
  CHECK(check_gradient(loss, queries, b.d_queries));
  CHECK(check_gradient(loss, keys, b.d_keys));
}

TEST_CASE("cosine: everything is as PyTorch computes it", "[cosine][reference]") {
  for (const Fixture& c : Fixture("cosine")["cases"].items()) {
    INFO(c.path());
    const Params params{c["beta"].number()};
    const Forward f = forward(params, c["queries"].mat(), c["keys"].mat());
    CHECK(fields_close(f, c["forward"], 1e-12));
    CHECK(fields_close(backward(params, f, c["d_scores"].mat()), c["backward"], 1e-12));
  }
}

TEST_CASE("cosine: errors name the tensor and what was expected", "[cosine][errors]") {
  CHECK(message_of<ShapeError>([] { forward({}, zeros(1, 2), zeros(4, 3)); }) ==
        "keys has shape (4, 3), expected (4, 2), that is (Tk, dk): keys are as wide as queries");
  CHECK(message_of<ShapeError>([] { forward({}, zeros(1, 2), zeros(0, 2)); }) ==
        "keys has shape (0, 2): axis Tk is empty");
  CHECK(message_of<ShapeError>(
            [] { backward({}, forward({}, zeros(1, 2), zeros(4, 2)), zeros(4, 1)); }) ==
        "d_scores has shape (4, 1), expected (1, 4), that is (Tq, Tk): the shape of the scores");
}

}  // namespace attn::cosine
