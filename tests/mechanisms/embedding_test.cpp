#include "attn/mechanisms/embedding.hpp"

#include <catch2/catch_test_macros.hpp>
#include <stdexcept>

#include "attn/core/matmul.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::embedding {
using namespace attn::test;

TEST_CASE("embedding: it is the product with one-hot rows", "[embedding][law]") {
  const Mat E = random_mat(4, 3, 1);
  const Mat one_hot{{0.0, 0.0, 1.0, 0.0}, {1.0, 0.0, 0.0, 0.0}, {0.0, 0.0, 1.0, 0.0}};
  const Mat d_x = random_mat(3, 3, 2);
  CHECK(close(forward(E, {2, 0, 2}), matmul(one_hot, E), 0.0));
  CHECK(close(backward(E, {2, 0, 2}, d_x), matmul_tn(one_hot, d_x), 0.0));
}

TEST_CASE("embedding: the gradient agrees with central differences", "[embedding][gradient]") {
  Mat E = random_mat(4, 3, 1);
  const Mat d_x = random_mat(5, 3, 2);
  const std::vector<std::size_t> words{3, 1, 1, 0, 1};
  CHECK(check_gradient([&] { return inner(forward(E, words), d_x); }, E, backward(E, words, d_x)));
}

TEST_CASE("embedding: rows by hand", "[embedding][reference]") {
  CHECK(close(forward(Mat{{1.0, 2.0}, {3.0, 4.0}}, {1, 1, 0}),
              Mat{{3.0, 4.0}, {3.0, 4.0}, {1.0, 2.0}}, 0.0));
}

TEST_CASE("embedding: errors say which word and which shape", "[embedding][errors]") {
  CHECK(message_of<std::out_of_range>([] {
          forward(zeros(2, 3), {1, 2});
        }) == "word 2 of a vocabulary of 2");
  CHECK(message_of<ShapeError>([] { forward(zeros(0, 3), {1}); }) ==
        "E has shape (0, 3): axis V is empty");
  CHECK(message_of<ShapeError>([] { backward(zeros(2, 3), {1}, zeros(2, 3)); }) ==
        "d_x has shape (2, 3), expected (1, 3), that is (T, d): one row for each word");
}

}  // namespace attn::embedding
