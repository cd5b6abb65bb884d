#include "attn/core/heads.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "attn/core/matmul.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/softmax.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

using namespace attn;
using namespace attn::test;

TEST_CASE("heads: head h is the columns h d to (h + 1) d", "[heads][reference]") {
  const Mat x{{1, 2, 3, 4, 5, 6}, {7, 8, 9, 10, 11, 12}};
  CHECK(close(split_heads(x, 3), Ten3{{{1, 2}, {7, 8}}, {{3, 4}, {9, 10}}, {{5, 6}, {11, 12}}}, 0));
  CHECK(close(split_heads(x, 2), Ten3{{{1, 2, 3}, {7, 8, 9}}, {{4, 5, 6}, {10, 11, 12}}}, 0));
  CHECK(close(head(split_heads(x, 3), 1), Mat{{3, 4}, {9, 10}}, 0));
}

TEST_CASE("heads: what was split is merged again, whatever the number of heads", "[heads][law]") {
  const Mat x = random_mat(5, 12, 1);
  for (const std::size_t H : {1u, 2u, 3u, 4u, 6u, 12u}) {
    CHECK(close(merge_heads(split_heads(x, H)), x, 0));
    CHECK(shape_of(split_heads(x, H)) == Shape{H, 5, 12 / H});
  }
  const Ten3 t = random_ten3(3, 5, 2, 2);
  CHECK(close(split_heads(merge_heads(t), 3), t, 0));
}

TEST_CASE("heads: the mask holds for each head, and changes nothing where it is true",
          "[heads][law]") {
  const double inf = std::numeric_limits<double>::infinity();
  const Mask mask{{true, false, true}, {false, true, true}};
  const Ten3 scores{{{1, 2, 3}, {4, 5, 6}}, {{7, 8, 9}, {10, 11, 12}}};
  CHECK(close(apply_mask(scores, mask),
              Ten3{{{1, -inf, 3}, {-inf, 5, 6}}, {{7, -inf, 9}, {-inf, 11, 12}}}, 0));
}

TEST_CASE("heads: products, softmax and its backward pass take each head by itself",
          "[heads][batched_matmul][softmax][law]") {
  const Ten3 a = random_ten3(3, 4, 5, 3);
  const Ten3 b = random_ten3(3, 5, 6, 4);
  const Ten3 b_t = random_ten3(3, 6, 5, 5);
  const Ten3 a_t = random_ten3(3, 4, 6, 6);
  const Ten3 weights = softmax(a);
  const Ten3 d_weights = random_ten3(3, 4, 5, 7);
  for (std::size_t h = 0; h < 3; ++h) {
    CHECK(close(head(batched_matmul(a, b), h), matmul(head(a, h), head(b, h)), 0));
    CHECK(close(head(batched_matmul_nt(a, b_t), h), matmul_nt(head(a, h), head(b_t, h)), 0));
    CHECK(close(head(batched_matmul_tn(a, a_t), h), matmul_tn(head(a, h), head(a_t, h)), 0));
    CHECK(close(head(weights, h), softmax(head(a, h)), 0));
    CHECK(close(head(softmax_backward(weights, d_weights), h),
                softmax_backward(head(weights, h), head(d_weights, h)), 0));
  }
}

TEST_CASE("heads: the backward pass of several softmaxes agrees with central differences",
          "[heads][softmax][gradient]") {
  Ten3 scores = random_ten3(2, 3, 5, 8);
  const Ten3 d_weights = random_ten3(2, 3, 5, 9);
  const auto loss = [&] { return inner(softmax(scores), d_weights); };
  CHECK(check_gradient(loss, scores, softmax_backward(softmax(scores), d_weights)));
}

TEST_CASE("heads: a width that heads do not divide is an error that names both numbers",
          "[heads][errors]") {
  CHECK(message_of<ShapeError>([] { return split_heads(zeros(2, 6), 4); }) ==
        "a width of 6 cannot be split into 4 heads of equal width");
  CHECK(message_of<ShapeError>([] { return split_heads(zeros(2, 6), 0); }) ==
        "a width of 6 cannot be split into 0 heads of equal width");
  CHECK(message_of<ShapeError>([] { return head(zeros(3, 2, 2), 3); }) ==
        "there are 3 heads, and so no head 3");
}

TEST_CASE("heads: shapes that do not fit are named", "[heads][batched_matmul][errors]") {
  CHECK(message_of<ShapeError>([] {
          return apply_mask(zeros(4, 2, 3), Mask(Mask::shape_type{3, 2}, true));
        }) ==
        "mask has shape (3, 2), expected (2, 3), that is (Tq, Tk): the shape of each head's "
        "scores");
  CHECK(message_of<ShapeError>([] { return batched_matmul(zeros(2, 3, 4), zeros(3, 4, 5)); }) ==
        "cannot multiply matrix by matrix: A has shape (2, 3, 4) and B has shape (3, 4, 5), so "
        "there are 2 and 3");
  CHECK(message_of<ShapeError>([] { return batched_matmul(zeros(2, 3, 4), zeros(2, 5, 6)); }) ==
        "cannot multiply A B: A has shape (2, 3, 4) and B has shape (2, 5, 6), so the inner "
        "extents are 4 and 5");
  CHECK(message_of<ShapeError>([] { return batched_matmul_nt(zeros(2, 3, 4), zeros(2, 4, 5)); }) ==
        "cannot multiply A B^T: A has shape (2, 3, 4) and B has shape (2, 4, 5), so the inner "
        "extents are 4 and 5");
  CHECK(message_of<ShapeError>([] { return batched_matmul_tn(zeros(2, 3, 4), zeros(2, 4, 3)); }) ==
        "cannot multiply A^T B: A has shape (2, 3, 4) and B has shape (2, 4, 3), so the inner "
        "extents are 3 and 4");
  CHECK(message_of<ShapeError>([] { return softmax_backward(zeros(2, 3, 4), zeros(2, 4, 3)); }) ==
        "d_weights has shape (2, 4, 3), expected (2, 3, 4), that is (H, Tq, Tk): the shape of the "
        "weights");
}
