#include "attn/mechanisms/model_input.hpp"

#include <catch2/catch_test_macros.hpp>
#include <stdexcept>

#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::model_input {
using namespace attn::test;

namespace {

std::vector<std::size_t> words_of(const Fixture& c) {
  std::vector<std::size_t> words;
  for (const std::uint64_t word : c["words"].integers()) words.push_back(word);
  return words;
}

}  // namespace

TEST_CASE("model input: the same word at two places differs by their positions alone",
          "[model_input][law]") {
  const Mat E = random_mat(5, 3, 1), P = random_mat(2, 3, 2);
  const Forward f = forward(E, {4, 4}, P);
  for (std::size_t d = 0; d < 3; ++d) {
    CHECK(f.scaled(0, d) == f.scaled(1, d));
    CHECK(close(f.x(1, d) - f.x(0, d), P(1, d) - P(0, d), 1e-15));
  }
}

TEST_CASE("model input: gradients agree with central differences", "[model_input][gradient]") {
  Mat E = random_mat(5, 3, 3);
  Mat P = random_mat(4, 3, 4);
  const std::vector<std::size_t> words{1, 4, 1, 0};
  const Mat d_x = random_mat(4, 3, 5);
  const auto loss = [&] { return inner(forward(E, words, P).x, d_x); };
  CHECK(check_gradient(loss, E, backward(E, words, d_x).d_E));
  CHECK(check_gradient(loss, P, d_x));
}

TEST_CASE("model input: everything is as PyTorch computes it", "[model_input][reference]") {
  for (const Fixture& c : Fixture("model_input")["cases"].items()) {
    INFO(c.path());
    const Mat E = c["E"].mat();
    const std::vector<std::size_t> words = words_of(c);
    CHECK(fields_close(forward(E, words, c["P"].mat()), c["forward"], 1e-12));
    CHECK(fields_close(backward(E, words, c["d_x"].mat()), c["backward"], 1e-12));
  }
}

TEST_CASE("model input: errors name what does not fit", "[model_input][errors]") {
  CHECK(message_of<ShapeError>([] {
          forward(zeros(5, 3), {1, 2}, zeros(3, 3));
        }) ==
        "positions has shape (3, 3), expected (2, 3), that is (T, dm): one row for each word, as "
        "wide as its embedding");
  CHECK(message_of<ShapeError>([] { forward(zeros(0, 3), {1}, zeros(1, 3)); }) ==
        "E has shape (0, 3): axis V is empty");
  CHECK_THROWS_AS(forward(zeros(5, 3), {5}, zeros(1, 3)), std::out_of_range);
  CHECK(message_of<ShapeError>([] {
          backward(zeros(5, 3), {1, 2}, zeros(2, 4));
        }) == "d_x has shape (2, 4), expected (2, 3), that is (T, dm): the shape of x");
}

}  // namespace attn::model_input
