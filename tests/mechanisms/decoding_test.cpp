#include "attn/mechanisms/decoding.hpp"

#include <catch2/catch_test_macros.hpp>
#include <stdexcept>

#include "attn/core/shape_error.hpp"
#include "tests/support/message.hpp"

namespace attn {
using namespace attn::test;

namespace {

/// The words that go in when these come out.
std::vector<std::size_t> given(const Decoding& how, const std::vector<std::size_t>& chosen) {
  std::vector<std::size_t> in, out;
  while (how.goes_on(out)) {
    in.push_back(how.previous(out));
    out.push_back(chosen.at(out.size()));
  }
  return in;
}

using Words = std::vector<std::size_t>;

}  // namespace

TEST_CASE("decoding: greedy, each word goes in next, until stop", "[decoding][law]") {
  CHECK(given({.start = 0, .stop = 1, .limit = 9}, {4, 3, 1, 7}) == Words{0, 4, 3});
}

TEST_CASE("decoding: greedy, there are no more words than the limit", "[decoding][law]") {
  CHECK(given({.start = 0, .stop = 1, .limit = 2}, {4, 3, 1}) == Words{0, 4});
  CHECK(given({.start = 1, .stop = 1, .limit = 1}, {4}) == Words{1});
}

TEST_CASE("decoding: a teacher gives the right word, whatever was chosen", "[decoding][law]") {
  CHECK(given({.start = 0, .stop = 1, .limit = 1, .target = {5, 6, 1}}, {1, 1, 1}) ==
        Words{0, 5, 6});
}

TEST_CASE("decoding: of equally likely words the first is the most likely", "[decoding][law]") {
  CHECK(most_likely(Vec{0.2, 0.4, 0.4}) == 1);
  CHECK(message_of<ShapeError>([&] { most_likely(zeros(0)); }) ==
        "probabilities has shape (0): axis V is empty");
}

TEST_CASE("decoding: words are in the vocabulary, and one at least may be said",
          "[decoding][errors]") {
  const auto fault = [](const Decoding& how) {
    return message_of<std::invalid_argument>([&] { expect_words(how, 3); });
  };
  CHECK(fault({.start = 3}) == "start is word 3 of a vocabulary of 3");
  CHECK(fault({.stop = 7}) == "stop is word 7 of a vocabulary of 3");
  CHECK(fault({.target = {1, 4}}) == "a target is word 4 of a vocabulary of 3");
  CHECK(fault({.limit = 0}) == "the limit is 0 words");
  expect_words({.limit = 0, .target = {2}}, 3);
}

}  // namespace attn
