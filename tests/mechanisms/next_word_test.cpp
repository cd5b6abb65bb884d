#include "attn/mechanisms/next_word.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "attn/core/vectors.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::next_word {
using namespace attn::test;

TEST_CASE("next word: probabilities sum to 1, and a constant added to all logits changes nothing",
          "[next_word][law]") {
  Params params{random_mat(3, 5, 1), random_vec(5, 2)};
  const Mat y = random_mat(4, 3, 3);
  const Forward f = forward(params, y);
  for (std::size_t t = 0; t < 4; ++t) {
    const Vec p = row(f.probabilities, t);
    double sum = 0.0;
    for (const double entry : p) sum += entry;
    CHECK(close(sum, 1.0, 1e-15));
  }
  params.b += 7.0;
  CHECK(close(forward(params, y).probabilities, f.probabilities, 1e-14));
}

TEST_CASE("next word: the logarithm of a probability is exact where the probability rounds to 0",
          "[next_word][law]") {
  Vec logits = zeros(2);
  logits(1) = 1e4;
  const Vec log_p = log_probabilities(logits);
  CHECK(log_p(0) == -1e4);
  CHECK(log_p(1) == 0.0);
}

TEST_CASE("next word: gradients agree with central differences", "[next_word][gradient]") {
  Params params{random_mat(3, 5, 4), random_vec(5, 5)};
  Mat y = random_mat(4, 3, 6);
  const Mat d_logits = random_mat(4, 5, 7);
  const auto loss = [&] { return inner(forward(params, y).logits, d_logits); };
  const Backward b = backward(params, y, forward(params, y), d_logits);
  CHECK(check_gradient(loss, params.W, b.d_W));
  CHECK(check_gradient(loss, params.b, b.d_b));
  CHECK(check_gradient(loss, y, b.d_y));
}

TEST_CASE("next word: everything is as PyTorch computes it", "[next_word][reference]") {
  for (const Fixture& c : Fixture("next_word")["cases"].items()) {
    INFO(c.path());
    const Params params{c["W"].mat(), c["b"].vec()};
    const Mat y = c["y"].mat();
    const Forward f = forward(params, y);
    CHECK(fields_close(f, c["forward"], 1e-12));
    CHECK(fields_close(backward(params, y, f, c["d_logits"].mat()), c["backward"], 1e-12));
    for (std::size_t t = 0; t < rows(y); ++t) {
      CHECK(
          close(log_probabilities(row(f.logits, t)), row(c["log_probabilities"].mat(), t), 1e-12));
    }
  }
}

TEST_CASE(
    "next word: the log probability of a word that is almost certain is right relative to itself",
    "[next_word][reference]") {
  for (const Fixture& c : Fixture("saturated")["rows"].items()) {
    INFO(c.path());
    CHECK(relatively_close(log_probabilities(c["scores"].vec()), c["log_probabilities"].vec(),
                           1e-13));
  }
}

TEST_CASE("next word: errors name the tensor and what was expected", "[next_word][errors]") {
  const Params params{zeros(3, 5), zeros(5)};
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(2, 4)); }) ==
        "W has shape (3, 5), expected (4, 5), that is (dm, V): one row for each column of y");
  CHECK(message_of<ShapeError>([&] {
          forward({zeros(3, 5), zeros(4)}, zeros(2, 3));
        }) == "b has shape (4), expected (5), that is (V): one entry for each word");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(0, 3)); }) ==
        "y has shape (0, 3): axis T is empty");
  CHECK(message_of<ShapeError>([&] { log_probabilities(zeros(0)); }) ==
        "logits has shape (0): axis V is empty");
  const Mat y = zeros(2, 3);
  CHECK(message_of<ShapeError>([&] { backward(params, y, forward(params, y), zeros(2, 4)); }) ==
        "d_logits has shape (2, 4), expected (2, 5), that is (T, V): the shape of the logits");
}

}  // namespace attn::next_word
