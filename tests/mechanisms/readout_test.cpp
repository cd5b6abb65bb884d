#include "attn/mechanisms/readout.hpp"

#include <catch2/catch_test_macros.hpp>
#include <numeric>

#include "attn/core/vectors.hpp"
#include "attn/training/cross_entropy.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::readout {
using namespace attn::test;

namespace {
Params random_params() { return {random_mat(5, 3, 1), random_vec(5, 2)}; }
}  // namespace

TEST_CASE("readout: probabilities sum to 1, and a constant added to all logits changes nothing",
          "[readout][law]") {
  Params params = random_params();
  const Vec state = random_vec(3, 3);
  const Forward f = forward(params, state);
  CHECK(close(std::accumulate(f.probabilities.begin(), f.probabilities.end(), 0.0), 1.0, 1e-15));
  params.b_o += 7.0;
  CHECK(close(forward(params, state).probabilities, f.probabilities, 1e-14));
}

TEST_CASE("readout: gradients agree with central differences", "[readout][gradient]") {
  Params params = random_params();
  Mat states = random_mat(2, 3, 3);
  const std::vector<std::size_t> words{2, 4};
  const auto loss = [&] {
    double sum = 0.0;
    for (std::size_t t = 0; t < 2; ++t) {
      sum += cross_entropy::loss(forward(params, row(states, t)).logits, words[t]);
    }
    return sum;
  };
  std::vector<Vec> d_logits;
  for (std::size_t t = 0; t < 2; ++t) {
    d_logits.push_back(
        cross_entropy::backward(forward(params, row(states, t)).probabilities, words[t]));
  }
  const Backward b = backward(params, states, stacked(d_logits));
  CHECK(check_gradient(loss, params.W_o, b.d_W_o));
  CHECK(check_gradient(loss, params.b_o, b.d_b_o));
  CHECK(check_gradient(loss, states, b.d_states));
}

TEST_CASE("readout: everything is as PyTorch computes it", "[readout][reference]") {
  for (const Fixture& c : Fixture("readout")["cases"].items()) {
    INFO(c.path());
    const Params params{c["W_o"].mat(), c["b_o"].vec()};
    const Vec state = c["state"].vec();
    const std::size_t word = c["word"].integer();
    const Forward f = forward(params, state);
    CHECK(fields_close(f, c["forward"], 1e-12));
    CHECK(close(cross_entropy::loss(f.logits, word), c["loss"].number(), 1e-12));
    const Vec d_logits = cross_entropy::backward(f.probabilities, word);
    CHECK(close(d_logits, c["d_logits"].vec(), 1e-12));
    CHECK(fields_close(backward(params, as_row(state), as_row(d_logits)), c["backward"], 1e-12));
  }
}

TEST_CASE("readout: errors name the tensor and what was expected", "[readout][errors]") {
  const Params params = random_params();
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(2)); }) ==
        "W_o has shape (5, 3), expected (5, 2), that is (V, ds): one column for each entry of the "
        "state");
  CHECK(message_of<ShapeError>([&] {
          forward({params.W_o, zeros(1)}, zeros(3));
        }) == "b_o has shape (1), expected (5), that is (V): one entry for each word");
  CHECK(message_of<ShapeError>([&] { backward(params, zeros(2, 3), zeros(2, 4)); }) ==
        "d_logits has shape (2, 4), expected (2, 5), that is (T, V): one entry for each word at "
        "each step");
}

}  // namespace attn::readout
