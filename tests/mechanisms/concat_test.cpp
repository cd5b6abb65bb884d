#include "attn/mechanisms/concat.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/mechanisms/additive.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/random.hpp"

namespace attn::concat {
using namespace attn::test;

TEST_CASE("concat: scores follow the keys when these are permuted", "[concat][law]") {
  const Params params{random_mat(7, 6, 1), random_vec(7, 2)};
  const Mat queries = random_mat(3, 2, 3);
  const Mat keys = random_mat(5, 4, 4);
  const Order order{3, 0, 4, 1, 2};
  CHECK(close(forward(params, queries, permute_rows(keys, order)).scores,
              permute_columns(forward(params, queries, keys).scores, order), 1e-14));
}

TEST_CASE("concat: with W_a = [W U] it is the additive score, gradients included",
          "[concat][law]") {
  const Params params{random_mat(7, 6, 5), random_vec(7, 6)};
  additive::Params split{zeros(7, 2), zeros(7, 4), params.v_a};
  for (std::size_t a = 0; a < 7; ++a) {
    for (std::size_t d = 0; d < 2; ++d) split.W_a(a, d) = params.W_a(a, d);
    for (std::size_t d = 0; d < 4; ++d) split.U_a(a, d) = params.W_a(a, 2 + d);
  }
  const Mat queries = random_mat(3, 2, 7);
  const Mat keys = random_mat(5, 4, 8);
  const Mat d_scores = random_mat(3, 5, 9);

  const Forward f = forward(params, queries, keys);
  const additive::Forward g = additive::forward(split, queries, keys);
  CHECK(close(f.hidden, g.hidden, 1e-14));
  CHECK(close(f.scores, g.scores, 1e-14));
  const Backward b = backward(params, queries, keys, f, d_scores);
  const additive::Backward c = additive::backward(split, queries, keys, g, d_scores);
  CHECK(close(b.d_queries, c.d_queries, 1e-13));
  CHECK(close(b.d_keys, c.d_keys, 1e-13));
}

TEST_CASE("concat: gradients agree with central differences", "[concat][gradient]") {
  Params params{random_mat(7, 6, 10), random_vec(7, 11)};
  Mat queries = random_mat(3, 2, 12);
  Mat keys = random_mat(5, 4, 13);
  const Mat d_scores = random_mat(3, 5, 14);
  const auto loss = [&] { return inner(forward(params, queries, keys).scores, d_scores); };
  const Backward b = backward(params, queries, keys, forward(params, queries, keys), d_scores);
  CHECK(check_gradient(loss, params.W_a, b.d_W_a));
  CHECK(check_gradient(loss, params.v_a, b.d_v_a));
  CHECK(check_gradient(loss, queries, b.d_queries));
  CHECK(check_gradient(loss, keys, b.d_keys));
}

TEST_CASE("concat: everything is as PyTorch computes it", "[concat][reference]") {
  for (const Fixture& c : Fixture("concat")["cases"].items()) {
    INFO(c.path());
    const Params params{c["W_a"].mat(), c["v_a"].vec()};
    const Mat queries = c["queries"].mat();
    const Mat keys = c["keys"].mat();
    const Forward f = forward(params, queries, keys);
    CHECK(fields_close(f, c["forward"], 1e-12));
    const Backward b = backward(params, queries, keys, f, c["d_scores"].mat());
    CHECK(fields_close(b, c["backward"], 1e-12));
  }
}

TEST_CASE("concat: errors name the tensor and what was expected", "[concat][errors]") {
  const Params params{zeros(7, 6), zeros(7)};
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(3, 2), zeros(5, 5)); }) ==
        "W_a has shape (7, 6), expected (7, 7), that is (da, dq+dk): one column for each entry "
        "of a query, then for each of a key");
  CHECK(message_of<ShapeError>([&] {
          forward({zeros(7, 6), zeros(6)}, zeros(3, 2), zeros(5, 4));
        }) == "v_a has shape (6), expected (7), that is (da): one entry for each row of W_a");
  CHECK(message_of<ShapeError>([&] {
          forward({zeros(0, 6), zeros(0)}, zeros(3, 2), zeros(5, 4));
        }) == "W_a has shape (0, 6): axis da is empty");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(3, 2), zeros(5, 0)); }) ==
        "keys has shape (5, 0): axis dk is empty");
  CHECK(message_of<ShapeError>([&] {
          const Forward f = forward(params, zeros(3, 2), zeros(5, 4));
          backward(params, zeros(3, 2), zeros(5, 4), f, zeros(5, 3));
        }) ==
        "d_scores has shape (5, 3), expected (3, 5), that is (Tq, Tk): the shape of the scores");
}

}  // namespace attn::concat
