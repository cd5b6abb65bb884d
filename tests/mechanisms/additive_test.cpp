#include "attn/mechanisms/additive.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "attn/core/vectors.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/random.hpp"

namespace attn::additive {
using namespace attn::test;

namespace {
Params random_params(std::uint64_t seed) {
  return {random_mat(6, 2, seed), random_mat(6, 4, seed + 1), random_vec(6, seed + 2)};
}
}  // namespace

TEST_CASE("additive: scores follow the keys when these are permuted", "[additive][law]") {
  const Params params = random_params(10);
  const Mat queries = random_mat(3, 2, 1);
  const Mat keys = random_mat(5, 4, 2);
  const Order order{3, 0, 4, 1, 2};
  CHECK(close(forward(params, queries, permute_rows(keys, order)).scores,
              permute_columns(forward(params, queries, keys).scores, order), 1e-14));
}

TEST_CASE("additive: no score exceeds the sum of |v_a|, however large the keys",
          "[additive][law]") {
  const Params params{Mat{{1.0}, {1.0}}, Mat{{1.0}, {-1.0}}, Vec{3.0, 2.0}};
  const Forward f = forward(params, Mat{{0.0}}, Mat{{1e4}, {-1e4}});
  CHECK(close(f.hidden, Ten3{{{1.0, -1.0}, {-1.0, 1.0}}}, 0.0));
  CHECK(close(f.scores, Mat{{1.0, -1.0}}, 0.0));
}

TEST_CASE("additive: one hidden unit is v tanh(w q + u k)", "[additive][reference]") {
  const Params params{Mat{{0.5}}, Mat{{-2.0}}, Vec{3.0}};
  const Forward f = forward(params, Mat{{1.0}, {2.0}}, Mat{{0.25}, {0.0}, {1.0}});
  CHECK(close(f.q, Mat{{0.5}, {1.0}}, 0.0));
  CHECK(close(f.k, Mat{{-0.5}, {0.0}, {-2.0}}, 0.0));
  CHECK(close(f.scores,
              Mat{{0.0, 3.0 * std::tanh(0.5), 3.0 * std::tanh(-1.5)},
                  {3.0 * std::tanh(0.5), 3.0 * std::tanh(1.0), 3.0 * std::tanh(-1.0)}},
              1e-15));
}

TEST_CASE("additive: gradients agree with central differences", "[additive][gradient]") {
  Params params = random_params(20);
  Mat queries = random_mat(3, 2, 3);
  Mat keys = random_mat(5, 4, 4);
  const Mat d_scores = random_mat(3, 5, 5);
  const auto loss = [&] { return inner(forward(params, queries, keys).scores, d_scores); };
  const Backward b = backward(params, queries, keys, forward(params, queries, keys), d_scores);
  CHECK(check_gradient(loss, params.W_a, b.d_W_a));
  CHECK(check_gradient(loss, params.U_a, b.d_U_a));
  CHECK(check_gradient(loss, params.v_a, b.d_v_a));
  CHECK(check_gradient(loss, queries, b.d_queries));
  CHECK(check_gradient(loss, keys, b.d_keys));
}

TEST_CASE("additive: everything is as PyTorch computes it", "[additive][reference]") {
  for (const Fixture& c : Fixture("additive")["cases"].items()) {
    INFO(c.path());
    const Params params{c["W_a"].mat(), c["U_a"].mat(), c["v_a"].vec()};
    const Mat queries = c["queries"].mat();
    const Mat keys = c["keys"].mat();
    const Forward f = forward(params, queries, keys);
    CHECK(fields_close(f, c["forward"], 1e-12));
    const Backward b = backward(params, queries, keys, f, c["d_scores"].mat());
    CHECK(fields_close(b, c["backward"], 1e-12));
  }
}

TEST_CASE("additive: keys that are projected once serve one query after the other",
          "[additive][law]") {
  const Params params = random_params(40);
  const Mat queries = random_mat(3, 2, 6);
  const Mat keys = random_mat(5, 4, 7);
  const Mat d_scores = random_mat(3, 5, 8);
  const Forward all = forward(params, queries, keys);
  const Backward back = backward(params, queries, keys, all, d_scores);
  const Projected projected = project(params, keys);
  CHECK(close(projected.k, all.k, 0.0));
  Mat d_k = zeros(5, 6);
  for (std::size_t i = 0; i < 3; ++i) {
    const Mat query = as_row(row(queries, i));
    const Step one = step(params, query, projected);
    CHECK(close(row(one.scores, 0), row(all.scores, i), 1e-14));
    const StepBackward b = step_backward(params, query, one, as_row(row(d_scores, i)));
    CHECK(close(row(b.d_queries, 0), row(back.d_queries, i), 1e-14));
    d_k += b.d_k;
  }
  const ProjectBackward b = project_backward(params, keys, d_k);
  CHECK(close(b.d_U_a, back.d_U_a, 1e-13));
  CHECK(close(b.d_keys, back.d_keys, 1e-13));
  CHECK(message_of<ShapeError>([&] { project_backward(params, keys, zeros(5, 5)); }) ==
        "d_k has shape (5, 5), expected (5, 6), that is (Tk, da): the shape of the projected keys");
}

TEST_CASE("additive: errors name the tensor and what was expected", "[additive][errors]") {
  const Params params = random_params(30);
  const Mat queries = zeros(3, 2);
  const Mat keys = zeros(5, 4);
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(3, 4), keys); }) ==
        "W_a has shape (6, 2), expected (6, 4), that is (da, dq): one column for each entry of a "
        "query");
  CHECK(message_of<ShapeError>([&] { forward(params, queries, zeros(5, 2)); }) ==
        "U_a has shape (6, 4), expected (6, 2), that is (da, dk): as many rows as W_a, and one "
        "column for each entry of a key");
  CHECK(message_of<ShapeError>([&] {
          forward({params.W_a, params.U_a, zeros(5)}, queries, keys);
        }) == "v_a has shape (5), expected (6), that is (da): one entry for each row of W_a");
  CHECK(message_of<ShapeError>([&] {
          forward({zeros(0, 2), zeros(0, 4), zeros(0)}, queries, keys);
        }) == "W_a has shape (0, 2): axis da is empty");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(0, 2), keys); }) ==
        "queries has shape (0, 2): axis Tq is empty");
  CHECK(message_of<ShapeError>([&] { forward(params, queries, zeros(0, 4)); }) ==
        "keys has shape (0, 4): axis Tk is empty");
  CHECK(message_of<ShapeError>([&] {
          backward(params, queries, keys, forward(params, queries, keys), zeros(5, 3));
        }) ==
        "d_scores has shape (5, 3), expected (3, 5), that is (Tq, Tk): the shape of the scores");
}

}  // namespace attn::additive
