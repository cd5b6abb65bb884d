#include "attn/training/cross_entropy.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <stdexcept>

#include "attn/core/softmax.hpp"
#include "attn/core/vectors.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"

namespace attn::cross_entropy {
using namespace attn::test;

TEST_CASE("cross entropy: of V words that are equally likely it is log V", "[cross_entropy][law]") {
  CHECK(close(loss(Vec{3.0, 3.0, 3.0, 3.0}, 2), std::log(4.0), 1e-15));
}

TEST_CASE("cross entropy: neither overflows nor loses a word without chance",
          "[cross_entropy][law]") {
  CHECK(loss(Vec{1e4, -1e4}, 1) == 2e4);
  CHECK(loss(Vec{1e4, -1e4}, 0) == 0.0);
}

TEST_CASE("cross entropy: the gradient sums to 0", "[cross_entropy][gradient]") {
  Vec logits{0.5, -1.0, 2.0};
  const Vec d = backward(softmax(logits), 1);
  CHECK(close(d(0) + d(1) + d(2), 0.0, 1e-15));
  CHECK(check_gradient([&] { return loss(logits, 1); }, logits, d));
}

TEST_CASE(
    "cross entropy: of a word that is almost certain, loss and gradient are right relative to "
    "themselves",
    "[cross_entropy][reference]") {
  for (const Fixture& c : Fixture("saturated")["rows"].items()) {
    const Vec logits = c["scores"].vec(), log_p = c["log_probabilities"].vec();
    for (std::size_t word = 0; word < logits.size(); ++word) {
      CAPTURE(c.path(), word);
      CHECK(relatively_close(loss(logits, word), -log_p(word), 1e-13));
      CHECK(
          relatively_close(backward(softmax(logits), word), row(c["d_logits"].mat(), word), 1e-13));
    }
  }
}

TEST_CASE("cross entropy: there must be such a word", "[cross_entropy][errors]") {
  CHECK(message_of<std::out_of_range>([] { loss(Vec{1.0}, 1); }) == "word 1 of a vocabulary of 1");
  CHECK(message_of<std::out_of_range>([] { backward(Vec{1.0}, 7); }) ==
        "word 7 of a vocabulary of 1");
}

}  // namespace attn::cross_entropy
