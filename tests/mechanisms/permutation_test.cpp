#include "attn/mechanisms/permutation.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "attn/core/complete.hpp"
#include "attn/mechanisms/mask.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::permutation {
using namespace attn::test;

TEST_CASE("permutation: row i of the result is row order(i) of what was there",
          "[permutation][reference]") {
  const Mat m{{0.0, 1.0}, {10.0, 11.0}, {20.0, 21.0}};
  CHECK(close(permute_rows(m, {2, 0, 1}), Mat{{20.0, 21.0}, {0.0, 1.0}, {10.0, 11.0}}, 0.0));
  CHECK(close(permute_rows(m, reversed(3)), Mat{{20.0, 21.0}, {10.0, 11.0}, {0.0, 1.0}}, 0.0));
}

TEST_CASE("permutation: a mask's rows and columns move together", "[permutation][reference]") {
  const Mask moved = permute_mask(mask::causal(3, 3), {2, 0, 1});
  // Word 2 stood last and saw all; word 0 saw itself; word 1 saw 0 and 1.
  CHECK(moved == Mask{{true, true, true}, {false, true, false}, {false, true, true}});
}

TEST_CASE("permutation: the largest difference, in whichever cell it is", "[permutation][law]") {
  const Mat a{{1.0, 2.0}, {3.0, 4.0}};
  CHECK(largest_difference(a, a) == 0.0);
  CHECK(largest_difference(a, Mat{{1.0, 2.5}, {1.0, 4.0}}) == 2.0);
  CHECK(std::isnan(
      largest_difference(Mat{{std::numeric_limits<double>::quiet_NaN(), 1.0}}, Mat{{0.0, 5.0}})));
}

TEST_CASE("permutation: self-attention is equivariant, and a mask breaks it unless it moves too",
          "[permutation][law]") {
  const self_attention::Params params =
      self_attention::without_biases(random_mat(3, 2, 1), random_mat(3, 2, 2), random_mat(3, 4, 3));
  const Mat X = random_mat(5, 3, 4);
  const Order order{3, 0, 4, 2, 1};
  const Mat permuted = permute_rows(X, order);
  const Mask all = mask::full(5, 5), causal = mask::causal(5, 5);
  const self_attention::Forward free = self_attention::forward(params, X, all, 0.5);
  CHECK(study(params, permuted, free, all, 0.5, order).difference < 1e-14);
  const self_attention::Forward masked = self_attention::forward(params, X, causal, 0.5);
  CHECK(study(params, permuted, masked, causal, 0.5, order).difference > 0.1);
  CHECK(study(params, permuted, masked, permute_mask(causal, order), 0.5, order).difference <
        1e-14);
}

TEST_CASE("permutation: nothing is studied before the forward pass is whole",
          "[permutation][errors]") {
  const self_attention::Params params = self_attention::identity(2);
  CHECK_THROWS_AS(study(params, zeros(3, 2), {}, mask::full(3, 3), 1.0, {0, 1, 2}), Unfinished);
}

TEST_CASE("permutation: what is no order is told", "[permutation][errors]") {
  CHECK(fault({1, 0, 2}, 3).empty());
  CHECK(fault({0, 1}, 3) == "found 2 indices for 3 rows, expected each of 0 to 2 once");
  CHECK(fault({0, 1, 3}, 3) == "there is no row 3, expected each of 0 to 2 once");
  CHECK(fault({0, 1, 1}, 3) == "row 1 comes twice, expected each of 0 to 2 once");
  CHECK(message_of<std::invalid_argument>([] {
          permute_rows(zeros(2, 3), {0, 0});
        }) == "order: row 0 comes twice, expected each of 0 to 1 once");
  CHECK(message_of<ShapeError>([] {
          permute_mask(mask::full(2, 3), {0, 1});
        }) ==
        "mask has shape (2, 3), expected (2, 2), that is (T, T): one row and one column for each "
        "index");
  CHECK(message_of<ShapeError>([] { largest_difference(zeros(2, 3), zeros(3, 2)); }) ==
        "b has shape (3, 2), expected (2, 3): the shape of a");
}

}  // namespace attn::permutation
