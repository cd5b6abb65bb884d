#include "attn/mechanisms/multi_head_batch.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/heads.hpp"
#include "attn/mechanisms/mask.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/multi_head.hpp"

namespace attn::multi_head_batch {
using namespace attn::test;

namespace {

struct Inputs {
  Ten3 queries = random_ten3(4, 3, 5, 201);
  Ten3 keys = random_ten3(4, 6, 7, 202);
  Ten3 values = random_ten3(4, 6, 9, 203);
  Mask mask = random_mask(3, 6, 204);
  Mask key_mask = random_mask(4, 6, 205);
};

Forward run(const multi_head::Params& params, const Inputs& in) {
  return forward(params, in.queries, in.keys, in.values, in.mask, in.key_mask);
}

}  // namespace

TEST_CASE("multi_head_batch: what stands in one sequence, or in its padding, moves no other",
          "[multi_head_batch][law]") {
  const multi_head::Params params = random_params({}, 1);
  Inputs in;
  in.key_mask(2, 5) = in.key_mask(3, 5) = false;
  const Forward before = run(params, in);
  for (std::size_t d = 0; d < 7; ++d) {
    in.keys(1, 0, d) += 1.0;  // sequence 1 sees this key,
    in.keys(2, 5, d) += 1.0;  // sequence 2 does not see that one
  }
  const Forward after = run(params, in);
  for (const std::size_t b : {0u, 2u, 3u}) {
    CHECK(close(head(after.output, b), head(before.output, b), 0));
  }
  CHECK_FALSE(close(head(after.output, 1), head(before.output, 1), 1e-3));
}

TEST_CASE("multi_head_batch: a sequence that is nothing but padding gives b_o in every row",
          "[multi_head_batch][law]") {
  const multi_head::Params params = random_params({}, 2);
  Inputs in;
  for (std::size_t j = 0; j < 6; ++j) in.key_mask(1, j) = false;
  const Forward f = run(params, in);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t d = 0; d < 10; ++d) CHECK(f.output(1, i, d) == params.b_o(d));
  }
}

TEST_CASE("multi_head_batch: gradients agree with central differences",
          "[multi_head_batch][gradient]") {
  multi_head::Params params = random_params({}, 3);
  Inputs in;
  const Ten3 d_output = random_ten3(4, 3, 10, 206);
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

TEST_CASE("multi_head_batch: outputs, weights and gradients are PyTorch's",
          "[multi_head_batch][reference]") {
  for (const Fixture& c : Fixture("multi_head_batch")["cases"].items()) {
    INFO(c.path() << ", " << c["name"].text());
    const multi_head::Params params = params_of(c);
    const Ten3 queries = c["queries"].ten3(), keys = c["keys"].ten3(), values = c["values"].ten3();
    const Forward f =
        forward(params, queries, keys, values, c["mask"].mask(), c["key_mask"].mask());
    CHECK(close(f.output, c["output"].ten3(), 1e-12));
    for (std::size_t b = 0; b < f.sequences.size(); ++b) {
      CHECK(close(f.sequences[b].weights, c["weights"][b].ten3(), 1e-12));
    }
    const Backward b = backward(params, queries, keys, values, f, c["d_output"].ten3());
    CHECK(close(b.d_queries, c["d_queries"].ten3(), 1e-12));
    CHECK(close(b.d_keys, c["d_keys"].ten3(), 1e-12));
    CHECK(close(b.d_values, c["d_values"].ten3(), 1e-12));
    CHECK(close(b.d_W_q, c["d_W_q"].mat(), 1e-12));
    CHECK(close(b.d_b_q, c["d_b_q"].vec(), 1e-12));
    CHECK(close(b.d_W_k, c["d_W_k"].mat(), 1e-12));
    CHECK(close(b.d_b_k, c["d_b_k"].vec(), 1e-12));
    CHECK(close(b.d_W_v, c["d_W_v"].mat(), 1e-12));
    CHECK(close(b.d_b_v, c["d_b_v"].vec(), 1e-12));
    CHECK(close(b.d_W_o, c["d_W_o"].mat(), 1e-12));
    CHECK(close(b.d_b_o, c["d_b_o"].vec(), 1e-12));
  }
}

TEST_CASE("multi_head_batch: errors name the tensor and what was expected",
          "[multi_head_batch][errors]") {
  const multi_head::Params params = random_params({}, 4);
  const auto error = [&](auto&& change) {
    Inputs in;
    change(in);
    return message_of<ShapeError>([&] { run(params, in); });
  };
  CHECK(error([](Inputs& in) { in.keys = zeros(3, 6, 7); }) ==
        "keys has shape (3, 6, 7), expected (4, 6, 7), that is (B, Tk, dx_k): as many sequences as "
        "the queries have");
  CHECK(error([](Inputs& in) { in.values = zeros(4, 5, 9); }) ==
        "values has shape (4, 5, 9), expected (4, 6, 9), that is (B, Tk, dx_v): each key has one "
        "value");
  CHECK(error([](Inputs& in) { in.key_mask = mask::full(6, 4); }) ==
        "key_mask has shape (6, 4), expected (4, 6), that is (B, Tk): one entry for each key of "
        "each sequence");
  CHECK(error([](Inputs& in) { in.mask = mask::full(6, 3); }) ==
        "mask has shape (6, 3), expected (3, 6), that is (Tq, Tk): one entry for each query and "
        "key");
  CHECK(error([](Inputs& in) { in.queries = zeros(0, 3, 5); }) ==
        "queries has shape (0, 3, 5): axis B is empty");
  CHECK(message_of<ShapeError>([&] {
          const Inputs in;
          backward(params, in.queries, in.keys, in.values, run(params, in), zeros(4, 10, 3));
        }) ==
        "d_output has shape (4, 10, 3), expected (4, 3, 10), that is (B, Tq, dm): the shape of the "
        "output");
}

}  // namespace attn::multi_head_batch
