#include "attn/mechanisms/online_softmax.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "attn/mechanisms/biased_dot.hpp"
#include "attn/mechanisms/mask.hpp"
#include "attn/mechanisms/scaled_dot.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/random.hpp"

namespace attn::online_softmax {
using namespace attn::test;

namespace {

struct Inputs {
  Mat queries, keys, values, d_context;
};

Inputs random_inputs(std::size_t Tq, std::size_t Tk, std::size_t dk, std::size_t dv,
                     double spread = 1.0) {
  return {random_mat(Tq, dk, 1, spread), random_mat(Tk, dk, 2), random_mat(Tk, dv, 3),
          random_mat(Tq, dv, 4)};
}

/// The same rule as a matrix.
Mask mask_of(const Rule& rule, std::size_t Tq, std::size_t Tk) {
  Mask mask = mask::full(Tq, Tk);
  if (rule.causal) mask = mask::both(mask, mask::causal(Tq, Tk, rule.offset));
  if (!rule.valid_lens.empty()) {
    mask = mask::both(mask, mask::valid_lengths(rule.valid_lens, Tq, Tk));
  }
  return rule.mask ? mask::both(mask, *rule.mask) : mask;
}

/// Forward and backward, against scaled_dot with the same mask.
void check_equal(const Inputs& in, const Rule& rule, double scale, const Blocks& blocks) {
  CAPTURE(blocks.queries, blocks.keys, rule.causal, rule.valid_lens.size(), rule.mask != nullptr);
  const auto& [queries, keys, values, d_context] = in;
  const Mask mask = mask_of(rule, rows(queries), rows(keys));
  const scaled_dot::Forward expected = scaled_dot::forward(queries, keys, values, mask, scale);
  const Forward f = forward(queries, keys, values, rule, scale, blocks);
  CHECK(close(f.context, expected.context, 1e-12));
  for (std::size_t i = 0; i < rows(queries); ++i) {
    double largest = -std::numeric_limits<double>::infinity(), sum = 0.0;
    for (std::size_t j = 0; j < rows(keys); ++j) largest = std::max(largest, expected.masked(i, j));
    for (std::size_t j = 0; j < rows(keys) && std::isfinite(largest); ++j) {
      sum += std::exp(expected.masked(i, j) - largest);
    }
    CHECK(close(f.maxima(i), largest, 1e-12));
    CHECK(close(f.sums(i), sum, 1e-12));
  }
  const scaled_dot::Backward d =
      scaled_dot::backward(queries, keys, values, scale, expected, d_context);
  const Backward b = backward(queries, keys, values, rule, scale, f, d_context, blocks);
  CHECK(close(b.d_queries, d.d_queries, 1e-12));
  CHECK(close(b.d_keys, d.d_keys, 1e-12));
  CHECK(close(b.d_values, d.d_values, 1e-12));
}

}  // namespace

TEST_CASE("online_softmax: blocks of any size give what scaled_dot gives",
          "[online_softmax][reference]") {
  for (const auto& [Tq, Tk] : {std::pair{1u, 1u}, {1u, 9u}, {9u, 1u}, {7u, 12u}, {12u, 7u}}) {
    CAPTURE(Tq, Tk);
    const Inputs in = random_inputs(Tq, Tk, 4, 3);
    for (const std::size_t n : {1u, 2u, 3u, 5u, 6u, 12u, 13u, 100u}) {
      check_equal(in, {}, 0.5, {n, n});
      check_equal(in, {}, 0.5, {2, n});
      check_equal(in, {.causal = true}, 0.3, {n, 3});
    }
    check_equal(in, {}, 0.5, {});
  }
}

TEST_CASE("online_softmax: every rule hides what a mask would hide, alone and together",
          "[online_softmax][reference]") {
  const Inputs in = random_inputs(7, 10, 5, 6);
  const std::vector<std::size_t> lens{3, 10, 0, 1, 9, 4, 7};
  Mask mask = random_mask(7, 10, 5);
  for (std::size_t j = 0; j < 10; ++j) mask(4, j) = false;
  for (std::size_t i = 0; i < 7; ++i)
    mask(i, 0) = mask(i, 1) = false;  // a first block without a key
  for (const std::size_t n : {1u, 2u, 3u, 4u, 7u, 10u, 64u}) {
    for (const bool causal : {false, true}) {
      check_equal(in, {.causal = causal}, 0.4, {n, 2});
      check_equal(in, {.causal = causal, .valid_lens = {6}}, 0.4, {3, n});
      check_equal(in, {.causal = causal, .valid_lens = {0}}, 0.4, {3, n});
      check_equal(in, {.causal = causal, .valid_lens = lens}, 0.4, {n, n});
      check_equal(in, {.causal = causal, .mask = &mask}, 0.4, {n, 2});
      check_equal(in, {.causal = causal, .valid_lens = lens, .mask = &mask}, 0.4, {2, n});
    }
  }
}

TEST_CASE("online_softmax: with the blocks that are used, too", "[online_softmax][reference]") {
  const Inputs in = random_inputs(600, 300, 16, 8);
  check_equal(in, {}, 0.25, {});
  check_equal(in, {.causal = true, .valid_lens = {290}}, 0.25, {});
}

TEST_CASE("online_softmax: scores of 10000 and -10000, growing from block to block, are stable",
          "[online_softmax][reference]") {
  Mat queries{{100.0}, {-100.0}, {1.0}, {0.0}};
  Mat keys{{-100.0}, {-99.0}, {100.0}, {100.0}, {-100.0}, {99.0}};
  const Inputs in{queries, keys, random_mat(6, 3, 6), random_mat(4, 3, 7)};
  for (const std::size_t n : {1u, 2u, 3u, 6u}) {
    check_equal(in, {}, 1.0, {2, n});
    check_equal(in, {.causal = true}, 1.0, {4, n});
  }
  Inputs wide = random_inputs(9, 33, 4, 2, 70.0);
  wide.keys *= 70.0;
  for (const std::size_t n : {1u, 4u, 16u, 33u}) check_equal(wide, {}, 1.0, {4, n});
}

TEST_CASE("online_softmax: a query that may see no key has a context of exactly 0",
          "[online_softmax][law]") {
  const Inputs in = random_inputs(3, 5, 2, 4);
  const Rule rule{.valid_lens = {2, 0, 5}};
  const Forward f = forward(in.queries, in.keys, in.values, rule, 1.0, {2, 2});
  CHECK(f.maxima(1) == -std::numeric_limits<double>::infinity());
  CHECK(f.sums(1) == 0.0);
  for (std::size_t d = 0; d < 4; ++d) CHECK(f.context(1, d) == 0.0);
  const Backward b = backward(in.queries, in.keys, in.values, rule, 1.0, f, in.d_context, {2, 2});
  for (std::size_t d = 0; d < 2; ++d) CHECK(b.d_queries(1, d) == 0.0);
}

TEST_CASE("online_softmax: causal order with an offset hides what a mask would hide",
          "[online_softmax][reference]") {
  for (const auto& [Tq, Tk] : {std::pair{7u, 10u}, {10u, 7u}}) {
    const Inputs in = random_inputs(Tq, Tk, 4, 3);
    for (const std::ptrdiff_t offset : {-20, -3, -1, 1, 3, 20}) {
      CAPTURE(offset);
      check_equal(in, {.causal = true, .offset = offset}, 0.3, {3, 2});
      check_equal(in, {.causal = true, .offset = offset, .valid_lens = {4}}, 0.3, {100, 4});
    }
  }
}

TEST_CASE("online_softmax: with a cap and a bias, blocks of any size give what biased_dot gives",
          "[online_softmax][reference]") {
  const Inputs in = random_inputs(7, 12, 4, 3, 2.0);
  Mat bias = random_mat(7, 12, 9);
  for (std::size_t j = 0; j < 12; ++j) {
    bias(3, j) = -std::numeric_limits<double>::infinity();  // a row that sees nothing
    if (j < 5) bias(5, j) = bias(3, j);                     // and one whose first blocks are hidden
  }
  Mask mask = random_mask(7, 12, 6);
  const Mask all = mask::both(mask, mask::causal(7, 12, 2));
  for (const auto& [softcap, biased] : {std::pair{std::optional<double>(1.3), true},
                                        {std::optional<double>(1.3), false},
                                        {std::optional<double>(), true}}) {
    biased_dot::Scoring scoring{.scale = 0.6, .softcap = softcap};
    if (biased) scoring.bias = bias;
    const biased_dot::Forward expected =
        biased_dot::forward(in.queries, in.keys, in.values, all, scoring);
    const biased_dot::Backward d =
        biased_dot::backward(in.queries, in.keys, in.values, scoring, expected, in.d_context);
    const Rule rule{.causal = true,
                    .offset = 2,
                    .mask = &mask,
                    .softcap = softcap,
                    .bias = biased ? &bias : nullptr};
    for (const std::size_t n : {1u, 2u, 5u, 12u, 100u}) {
      CAPTURE(softcap.has_value(), biased, n);
      const Forward f = forward(in.queries, in.keys, in.values, rule, 0.6, {3, n});
      CHECK(close(f.context, expected.context, 1e-14));
      const Backward b =
          backward(in.queries, in.keys, in.values, rule, 0.6, f, in.d_context, {3, n});
      CHECK(close(b.d_queries, d.d_queries, 1e-13));
      CHECK(close(b.d_keys, d.d_keys, 1e-13));
      CHECK(close(b.d_values, d.d_values, 1e-13));
      if (biased) CHECK(close(b.d_bias, d.d_bias, 1e-13));
    }
  }
}

TEST_CASE("online_softmax: equal scores give the mean of the values", "[online_softmax][law]") {
  const Mat values{{1.0, 8.0}, {2.0, 6.0}, {3.0, 4.0}, {10.0, 2.0}};
  const Forward f = forward(zeros(1, 3), random_mat(4, 3, 8), values, {}, 1.0, {1, 3});
  CHECK(close(f.context, Mat{{4.0, 5.0}}, 1e-15));
  CHECK(f.sums(0) == 4.0);
}

TEST_CASE("online_softmax: NaN stays in its row", "[online_softmax][law]") {
  Inputs in = random_inputs(3, 5, 2, 4);
  in.queries(1, 0) = std::nan("");
  const Forward f = forward(in.queries, in.keys, in.values, {}, 1.0, {2, 2});
  for (std::size_t d = 0; d < 4; ++d) {
    CHECK(std::isfinite(f.context(0, d)));
    CHECK(std::isnan(f.context(1, d)));
    CHECK(std::isfinite(f.context(2, d)));
  }
}

TEST_CASE("online_softmax: gradients agree with central differences",
          "[online_softmax][gradient]") {
  Inputs in = random_inputs(5, 7, 3, 2);
  const Rule rule{.causal = true, .valid_lens = {1, 0, 3, 7, 4}};
  const Blocks blocks{2, 3};
  const auto run = [&] { return forward(in.queries, in.keys, in.values, rule, 0.7, blocks); };
  const auto loss = [&] { return inner(run().context, in.d_context); };
  const Backward b =
      backward(in.queries, in.keys, in.values, rule, 0.7, run(), in.d_context, blocks);
  CHECK(check_gradient(loss, in.queries, b.d_queries));
  CHECK(check_gradient(loss, in.keys, b.d_keys));
  CHECK(check_gradient(loss, in.values, b.d_values));
}

TEST_CASE("online_softmax: contexts and gradients are PyTorch's", "[online_softmax][reference]") {
  for (const Fixture& c : Fixture("scaled_dot")["cases"].items()) {
    INFO(c.path() << ", mask: " << c["name"].text());
    const Mat queries = c["queries"].mat(), keys = c["keys"].mat(), values = c["values"].mat();
    const Mask mask = c["mask"].mask();
    const Rule rule{.mask = &mask};
    const double scale = c["scale"].number();
    const Forward f = forward(queries, keys, values, rule, scale, {2, 2});
    CHECK(close(f.context, c["forward"]["context"].mat(), 1e-12));
    const Backward b =
        backward(queries, keys, values, rule, scale, f, c["d_context"].mat(), {2, 2});
    for (const auto& [name, got] :
         {std::pair{"d_queries", &b.d_queries}, {"d_keys", &b.d_keys}, {"d_values", &b.d_values}}) {
      CHECK(close(*got, c["backward"][name].mat(), 1e-12));
    }
  }
}

TEST_CASE(
    "online_softmax: a weight of almost 1 hides nothing: each gradient is right relative to itself",
    "[online_softmax][reference]") {
  for (const Fixture& c : Fixture("saturated")["attention"].items()) {
    const Mat queries = c["queries"].mat(), keys = c["keys"].mat(), values = c["values"].mat();
    for (const std::size_t n : {1u, 2u, 3u, 100u}) {
      CAPTURE(c["name"].text(), n);
      const Forward f = forward(queries, keys, values, {}, 1.0, {n, n});
      CHECK(relatively_close(f.context, c["context"].mat(), 1e-14));
      const Backward b = backward(queries, keys, values, {}, 1.0, f, c["d_context"].mat(), {n, n});
      CHECK(relatively_close(b.d_queries, c["d_queries"].mat(), 1e-12));
      CHECK(relatively_close(b.d_keys, c["d_keys"].mat(), 1e-12));
      CHECK(relatively_close(b.d_values, c["d_values"].mat(), 1e-12));
    }
  }
}

TEST_CASE("online_softmax: a score of +inf makes its row NaN, as in scaled_dot, in any block",
          "[online_softmax][law]") {
  for (std::size_t j = 0; j < 5; ++j) {
    Inputs in = random_inputs(3, 5, 2, 4);
    in.queries = Mat{{1.0, 0.0}, {0.0, 0.0}, {-1.0, 0.0}};
    in.keys(j, 0) = std::numeric_limits<double>::max();
    for (const std::size_t n : {1u, 2u, 5u}) {
      const Forward f = forward(in.queries, in.keys, in.values, {}, 2.0, {2, n});
      for (std::size_t d = 0; d < 4; ++d) {
        CHECK(std::isnan(f.context(0, d)));
        CHECK(std::isfinite(f.context(1, d)));
        CHECK(std::isfinite(f.context(2, d)));
      }
    }
  }
}

TEST_CASE("online_softmax: the mean of the largest values is one of them, not infinite",
          "[online_softmax][law]") {
  for (const double unit : {0x1p-1000, 0x1p1023}) {
    const Mat values{{unit}, {unit}, {1.5 * unit}, {0.5 * unit}};
    for (const std::size_t n : {1u, 2u, 4u}) {
      const Forward f = forward(zeros(1, 2), random_mat(4, 2, 9), values, {}, 1.0, {1, n});
      CHECK(relatively_close(f.context, Mat{{unit}}, 1e-15));
    }
  }
}

TEST_CASE("online_softmax: errors name the tensor and what was expected",
          "[online_softmax][errors]") {
  const auto error = [](const Inputs& in, const Rule& rule, const Blocks& blocks) {
    return message_of<ShapeError>(
        [&] { forward(in.queries, in.keys, in.values, rule, 1.0, blocks); });
  };
  Inputs in = random_inputs(3, 5, 2, 4);
  CHECK(error(in, {.valid_lens = {1, 2}}, {}) ==
        "valid lengths: found 2, expected one for each of the 3 queries, or a single one for all");
  CHECK(error(in, {.valid_lens = {6}}, {}) == "valid length 6 is beyond the last of the 5 keys");
  const Mask turned = mask::full(5, 3);
  CHECK(error(in, {.mask = &turned}, {}) ==
        "mask has shape (5, 3), expected (3, 5), that is (Tq, Tk): one entry for each query and "
        "key");
  CHECK(error(in, {}, {0, 3}) == "blocks of 0 queries and 3 keys: expected at least one of each");
  CHECK(message_of<ShapeError>([&] {
          const Forward f = forward(in.queries, in.keys, in.values, {}, 1.0);
          backward(in.queries, in.keys, in.values, {}, 1.0, f, zeros(4, 3));
        }) ==
        "d_context has shape (4, 3), expected (3, 4), that is (Tq, dv): the shape of the context");
  in.keys = zeros(5, 3);
  CHECK(error(in, {}, {}) ==
        "keys has shape (5, 3), expected (5, 2), that is (Tk, dk): keys are as wide as queries");
}

}  // namespace attn::online_softmax
