#include "attn/mechanisms/head_ablation.hpp"

#include <algorithm>
#include <string>

#include "attn/core/heads.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/norms.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::head_ablation {
namespace {

/// W_i^O for each head: the rows of W_o that meet it. (H, dv, dm)
Ten3 rows_of_heads(const Mat& W_o, std::size_t H) {
  Ten3 split(Ten3::shape_type{H, rows(W_o) / H, cols(W_o)});
  std::copy(W_o.begin(), W_o.end(), split.begin());
  return split;
}

}  // namespace

Forward forward(const multi_head::Params& params, const Ten3& heads, const Mat& output,
                std::size_t h) {
  const std::size_t H = heads.shape(0), Tq = heads.shape(1), dv = heads.shape(2);
  expect_shape("W_o", shape_of(params.W_o), {H * dv, cols(params.W_o)}, "Hdv,dm",
               "one row for each column of the heads");
  expect_shape("output", shape_of(output), {Tq, cols(params.W_o)}, "Tq,dm",
               "one row for each query");
  if (h >= H) {
    throw ShapeError("there are " + std::to_string(H) + " heads, and so no head " +
                     std::to_string(h));
  }
  Forward f;
  f.parts = batched_matmul(heads, rows_of_heads(params.W_o, H));
  f.sizes = zeros(H);
  for (std::size_t i = 0; i < H; ++i) {
    f.sizes(i) = norm(head(f.parts, i));
  }
  f.without = add_to_rows(zeros(Tq, cols(params.W_o)), params.b_o);
  for (std::size_t i = 0; i < H; ++i) {
    if (i != h) f.without += head(f.parts, i);
  }
  f.change = f.without - output;
  return f;
}

}  // namespace attn::head_ablation
