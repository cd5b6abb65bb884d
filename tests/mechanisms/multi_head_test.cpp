#include "attn/mechanisms/multi_head.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/heads.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/mechanisms/mask.hpp"
#include "attn/mechanisms/scaled_dot.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/multi_head.hpp"
#include "tests/support/permute.hpp"

namespace attn::multi_head {
using namespace attn::test;

namespace {

struct Inputs {
  Mat queries = random_mat(3, 5, 101), keys = random_mat(6, 7, 102), values = random_mat(6, 9, 103);
  Mask mask = random_mask(3, 6, 104);
};

Forward run(const Params& params, const Inputs& in) {
  return forward(params, in.queries, in.keys, in.values, in.mask);
}

}  // namespace

TEST_CASE("multi_head: one head without projections is scaled dot-product attention",
          "[multi_head][law]") {
  const Mat queries = random_mat(3, 4, 1), keys = random_mat(5, 4, 2), values = random_mat(5, 4, 3);
  Mat identity = zeros(4, 4);
  for (std::size_t i = 0; i < 4; ++i) identity(i, i) = 1.0;
  const Params params{1,        identity, zeros(4), identity, zeros(4),
                      identity, zeros(4), identity, zeros(4)};
  const Forward f = forward(params, queries, keys, values, mask::full(3, 5));
  const scaled_dot::Forward one = scaled_dot::forward(queries, keys, values);
  CHECK(close(head(f.weights, 0), one.weights, 1e-15));
  CHECK(close(f.output, one.context, 1e-15));
}

TEST_CASE("multi_head: each head is scaled dot-product attention with its own matrices",
          "[multi_head][law]") {
  const Params params = random_params({}, 10);
  const Inputs in;
  const Forward f = run(params, in);
  Mat side_by_side = zeros(3, 8);
  for (std::size_t h = 0; h < 2; ++h) {
    const auto own = [&](const Mat& x, const Mat& W, const Vec& b) {
      const Mat all = add_to_rows(matmul(x, W), b);
      Mat part = zeros(rows(x), cols(W) / 2);
      for (std::size_t t = 0; t < rows(part); ++t) {
        for (std::size_t d = 0; d < cols(part); ++d) part(t, d) = all(t, h * cols(part) + d);
      }
      return part;
    };
    const scaled_dot::Forward one = scaled_dot::forward(
        own(in.queries, params.W_q, params.b_q), own(in.keys, params.W_k, params.b_k),
        own(in.values, params.W_v, params.b_v), in.mask, 1.0 / std::sqrt(3.0));
    CHECK(close(head(f.weights, h), one.weights, 1e-14));
    CHECK(close(head(f.heads, h), one.context, 1e-14));
    for (std::size_t t = 0; t < 3; ++t) {
      for (std::size_t d = 0; d < 4; ++d) side_by_side(t, h * 4 + d) = one.context(t, d);
    }
  }
  CHECK(close(f.concat, side_by_side, 1e-14));
  CHECK(close(f.output, add_to_rows(matmul(side_by_side, params.W_o), params.b_o), 1e-13));
}

TEST_CASE("multi_head: in every head each row of weights sums to 1, and a masked key gets nothing",
          "[multi_head][law]") {
  const Inputs in;
  const Forward f = run(random_params({}, 20), in);
  for (std::size_t h = 0; h < 2; ++h) {
    for (std::size_t i = 0; i < 3; ++i) {
      double sum = 0.0;
      for (std::size_t j = 0; j < 6; ++j) {
        sum += f.weights(h, i, j);
        if (!in.mask(i, j)) CHECK(f.weights(h, i, j) == 0.0);
      }
      CHECK(close(sum, 1.0, 1e-15));
    }
  }
}

TEST_CASE("multi_head: permuting keys and values together changes no output", "[multi_head][law]") {
  const Params params = random_params({}, 30);
  const Inputs in;
  const Order order{3, 0, 5, 4, 1, 2};
  const Mat output = forward(params, in.queries, permute_rows(in.keys, order),
                             permute_rows(in.values, order), permute_columns(in.mask, order))
                         .output;
  CHECK(close(output, run(params, in).output, 1e-13));
}

TEST_CASE("multi_head: a query that may see no key has a context of 0, and b_o comes out",
          "[multi_head][law]") {
  const Params params = random_params({}, 40);
  Inputs in;
  for (std::size_t j = 0; j < 6; ++j) in.mask(1, j) = false;
  const Forward f = run(params, in);
  const Backward b = backward(params, in.queries, in.keys, in.values, f, random_mat(3, 10, 41));
  for (std::size_t d = 0; d < 8; ++d) CHECK(f.concat(1, d) == 0.0);
  for (std::size_t d = 0; d < 10; ++d) CHECK(f.output(1, d) == params.b_o(d));
  for (std::size_t d = 0; d < 5; ++d) CHECK(b.d_queries(1, d) == 0.0);
}

TEST_CASE("multi_head: keys that are projected once serve one query after the other",
          "[multi_head][law]") {
  const Params params = random_params({}, 50);
  const Inputs in;
  const Forward all = run(params, in);
  const Projected keys = project(params, in.keys, in.values);
  for (std::size_t i = 0; i < 3; ++i) {
    Mat query = zeros(1, 5);
    Mask mask = mask::full(1, 6);
    for (std::size_t d = 0; d < 5; ++d) query(0, d) = in.queries(i, d);
    for (std::size_t j = 0; j < 6; ++j) mask(0, j) = in.mask(i, j);
    const Attended one = attend(params, query, keys, mask);
    for (std::size_t d = 0; d < 10; ++d) CHECK(close(one.output(0, d), all.output(i, d), 1e-14));
  }
}

TEST_CASE("multi_head: scores of 10000 are stable", "[multi_head][law]") {
  Params params =
      random_params({.heads = 2, .dk = 1, .dv = 1, .dq = 2, .dx_k = 2, .dx_v = 2, .dm = 2}, 60);
  params.W_q = params.W_k = params.W_v = params.W_o = Mat{{1, 0}, {0, 1}};
  params.b_q = params.b_k = params.b_v = params.b_o = zeros(2);
  const Forward f = forward(params, Mat{{100, -100}}, Mat{{100, 100}, {-100, -100}},
                            Mat{{1, 2}, {3, 4}}, mask::full(1, 2));
  CHECK(close(f.weights, Ten3{{{1, 0}}, {{0, 1}}}, 0));
  CHECK(close(f.output, Mat{{1, 4}}, 0));
}

TEST_CASE("multi_head: gradients agree with central differences", "[multi_head][gradient]") {
  Params params = random_params({}, 70);
  Inputs in;
  for (std::size_t j = 0; j < 6; ++j) in.mask(1, j) = false;
  const Mat d_output = random_mat(3, 10, 71);
  const auto loss = [&] { return inner(run(params, in).output, d_output); };
  const Backward b = backward(params, in.queries, in.keys, in.values, run(params, in), d_output);
  CHECK(check_gradient(loss, in.queries, b.d_queries));
  CHECK(check_gradient(loss, in.keys, b.d_keys));
  CHECK(check_gradient(loss, in.values, b.d_values));
  CHECK(check_gradient(loss, params.W_q, b.d_W_q));
  CHECK(check_gradient(loss, params.b_q, b.d_b_q));
  CHECK(check_gradient(loss, params.W_k, b.d_W_k));
  CHECK(check_gradient(loss, params.b_k, b.d_b_k));
  CHECK(check_gradient(loss, params.W_v, b.d_W_v));
  CHECK(check_gradient(loss, params.b_v, b.d_b_v));
  CHECK(check_gradient(loss, params.W_o, b.d_W_o));
  CHECK(check_gradient(loss, params.b_o, b.d_b_o));
}

TEST_CASE("multi_head: everything is as PyTorch computes it", "[multi_head][reference]") {
  for (const Fixture& c : Fixture("multi_head")["cases"].items()) {
    INFO(c.path() << ", " << c["name"].text());
    const Params params = params_of(c);
    const Mat queries = c["queries"].mat(), keys = c["keys"].mat(), values = c["values"].mat();
    const Forward f = forward(params, queries, keys, values, c["mask"].mask());
    CHECK(fields_close(f, c["forward"], 1e-12));
    const Backward b = backward(params, queries, keys, values, f, c["d_output"].mat());
    CHECK(fields_close(b, c["backward"], 1e-12));
  }
}

TEST_CASE("multi_head: errors name the tensor and what was expected", "[multi_head][errors]") {
  const Params good = random_params({}, 80);
  const auto error = [&](auto&& change) {
    Params params = good;
    Inputs in;
    change(params, in);
    return message_of<ShapeError>([&] { run(params, in); });
  };
  CHECK(error([](Params& p, Inputs&) { p.heads = 4; }) ==
        "a width of 6 cannot be split into 4 heads of equal width");
  CHECK(error([](Params& p, Inputs&) { p.heads = 0; }) ==
        "a width of 6 cannot be split into 0 heads of equal width");
  CHECK(error([](Params& p, Inputs&) { p.W_q = zeros(4, 6); }) ==
        "W_q has shape (4, 6), expected (5, 6), that is (dq, Hdk): one row for each column of the "
        "queries");
  CHECK(error([](Params& p, Inputs&) {
          p.W_q = zeros(5, 8);
          p.b_q = zeros(8);
        }) ==
        "W_q has shape (5, 8), expected (5, 6), that is (dq, Hdk): queries are projected to the "
        "width of the keys");
  CHECK(error([](Params& p, Inputs&) { p.b_k = zeros(5); }) ==
        "b_k has shape (5), expected (6), that is (Hdk): one entry for each column of W_k");
  CHECK(error([](Params& p, Inputs&) { p.W_v = zeros(8, 8); }) ==
        "W_v has shape (8, 8), expected (9, 8), that is (dx_v, Hdv): one row for each column of "
        "the values");
  CHECK(error([](Params& p, Inputs&) { p.W_o = zeros(6, 10); }) ==
        "W_o has shape (6, 10), expected (8, 10), that is (Hdv, dm): one row for each column of "
        "the heads");
  CHECK(error([](Params& p, Inputs&) { p.W_o = zeros(8, 0); }) ==
        "W_o has shape (8, 0): axis dm is empty");
  CHECK(error([](Params&, Inputs& in) { in.values = zeros(5, 9); }) ==
        "values has shape (5, 9), expected (6, 9), that is (Tk, dx_v): each key has one value");
  CHECK(error([](Params&, Inputs& in) { in.mask = mask::full(6, 3); }) ==
        "mask has shape (6, 3), expected (3, 6), that is (Tq, Tk): one entry for each query and "
        "key");
  CHECK(error([](Params&, Inputs& in) { in.queries = zeros(0, 5); }) ==
        "queries has shape (0, 5): axis Tq is empty");
  CHECK(error([](Params&, Inputs& in) { in.keys = zeros(0, 7); }) ==
        "keys has shape (0, 7): axis Tk is empty");
  CHECK(message_of<ShapeError>([&] {
          const Inputs in;
          backward(good, in.queries, in.keys, in.values, run(good, in), zeros(10, 3));
        }) ==
        "d_output has shape (10, 3), expected (3, 10), that is (Tq, dm): the shape of the output");
}

}  // namespace attn::multi_head
