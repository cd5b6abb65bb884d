#include "attn/mechanisms/online_heads.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/mechanisms/mask.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/multi_head.hpp"

namespace attn::online_heads {
using namespace attn::test;

namespace {

struct Inputs {
  Mat queries = random_mat(3, 5, 301), keys = random_mat(6, 7, 302), values = random_mat(6, 9, 303);
};

Forward run(const multi_head::Params& params, const Inputs& in, const online_softmax::Rule& rule) {
  return forward(params, in.queries, in.keys, in.values, rule);
}

}  // namespace

TEST_CASE("online_heads: outputs and gradients are PyTorch's", "[online_heads][reference]") {
  for (const Fixture& c : Fixture("multi_head")["cases"].items()) {
    INFO(c.path() << ", " << c["name"].text());
    const multi_head::Params params = params_of(c);
    const Mat queries = c["queries"].mat(), keys = c["keys"].mat(), values = c["values"].mat();
    const Mask mask = c["mask"].mask();
    const online_softmax::Rule rule{.mask = &mask};
    const Forward f = forward(params, queries, keys, values, rule);
    CHECK(close(f.heads, c["forward"]["heads"].ten3(), 1e-12));
    CHECK(close(f.output, c["forward"]["output"].mat(), 1e-12));
    const Backward b = backward(params, queries, keys, values, rule, f, c["d_output"].mat());
    Backward::each(b, [&](const Field& field, const auto& value) {
      if (field.name == "means") return;  // that of d_weights under the weights
      const std::string name(field.name);
      CAPTURE(name);
      using Value = std::remove_cvref_t<decltype(value)>;
      CHECK(close(value, c["backward"][name].template as<Value>(), 1e-12));
    });
  }
}

TEST_CASE("online_heads: rules give what multi_head gives with their masks",
          "[online_heads][law]") {
  const multi_head::Params params = random_params({}, 1);
  const Inputs in;
  const Mask mask = mask::both(mask::causal(3, 6), mask::valid_lengths({5, 0, 2}, 3, 6));
  const Forward f = run(params, in, {.causal = true, .valid_lens = {5, 0, 2}});
  const multi_head::Forward g = multi_head::forward(params, in.queries, in.keys, in.values, mask);
  CHECK(close(f.output, g.output, 1e-13));
  for (std::size_t d = 0; d < 10; ++d) CHECK(f.output(1, d) == params.b_o(d));
}

TEST_CASE("online_heads: gradients agree with central differences", "[online_heads][gradient]") {
  multi_head::Params params = random_params({}, 2);
  Inputs in;
  const online_softmax::Rule rule{.causal = true, .valid_lens = {1, 0, 3}};
  const Mat d_output = random_mat(3, 10, 304);
  const auto loss = [&] { return inner(run(params, in, rule).output, d_output); };
  const Backward b =
      backward(params, in.queries, in.keys, in.values, rule, run(params, in, rule), d_output);
  CHECK(check_gradient(loss, in.queries, b.d_queries));
  CHECK(check_gradient(loss, in.keys, b.d_keys));
  CHECK(check_gradient(loss, in.values, b.d_values));
  CHECK(check_gradient(loss, params.W_q, b.d_W_q));
  CHECK(check_gradient(loss, params.b_q, b.d_b_q));
  CHECK(check_gradient(loss, params.W_k, b.d_W_k));
  CHECK(check_gradient(loss, params.W_v, b.d_W_v));
  CHECK(check_gradient(loss, params.b_v, b.d_b_v));
  CHECK(check_gradient(loss, params.W_o, b.d_W_o));
  CHECK(check_gradient(loss, params.b_o, b.d_b_o));
}

TEST_CASE("online_heads: errors name the tensor and what was expected", "[online_heads][errors]") {
  const multi_head::Params good = random_params({}, 3);
  const Inputs in;
  multi_head::Params params = good;
  params.W_q = zeros(4, 6);
  CHECK(message_of<ShapeError>([&] { run(params, in, {}); }) ==
        "W_q has shape (4, 6), expected (5, 6), that is (dq, Hdk): one row for each column of the "
        "queries");
  params = good;
  params.heads = 4;
  CHECK(message_of<ShapeError>([&] { run(params, in, {}); }) ==
        "a width of 6 cannot be split into 4 heads of equal width");
  CHECK(message_of<ShapeError>([&] { run(good, in, {.valid_lens = {7}}); }) ==
        "valid length 7 is beyond the last of the 6 keys");
  CHECK(message_of<ShapeError>([&] {
          backward(good, in.queries, in.keys, in.values, {}, run(good, in, {}), zeros(10, 3));
        }) ==
        "d_output has shape (10, 3), expected (3, 10), that is (Tq, dm): the shape of the output");
}

}  // namespace attn::online_heads
