#include "attn/mechanisms/scaled_dot.hpp"

#include <cmath>

#include "attn/core/matmul.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/softmax.hpp"
#include "attn/mechanisms/mask.hpp"

namespace attn::scaled_dot {
namespace {

void expect_inputs(const Mat& queries, const Mat& keys, const Mat& values, const Mask& mask) {
  expect_nonempty("queries", shape_of(queries), "Tq,dk");
  expect_nonempty("keys", shape_of(keys), "Tk,dk");
  expect_nonempty("values", shape_of(values), "Tk,dv");
  expect_shape("keys", shape_of(keys), {rows(keys), cols(queries)}, "Tk,dk",
               "keys are as wide as queries");
  expect_shape("values", shape_of(values), {rows(keys), cols(values)}, "Tk,dv",
               "each key has one value");
  expect_shape("mask", shape_of(mask), {rows(queries), rows(keys)}, "Tq,Tk",
               "one entry for each query and key");
}

}  // namespace

double default_scale(std::size_t dk) { return 1.0 / std::sqrt(static_cast<double>(dk)); }

Forward forward(const Mat& queries, const Mat& keys, const Mat& values, const Mask& mask,
                double scale) {
  expect_inputs(queries, keys, values, mask);
  Forward f;
  f.scores = matmul_nt(queries, keys);    // Q K^T, eq. (1)
  f.scaled = scale * f.scores;            // the factor 1/sqrt(dk) of eq. (1)
  f.masked = apply_mask(f.scaled, mask);  // "masking out (setting to -inf)", section 3.2.3
  f.weights = softmax(f.masked);          // softmax of eq. (1)
  f.context = matmul(f.weights, values);  // ... V, eq. (1)
  return f;
}

Forward forward(const Mat& queries, const Mat& keys, const Mat& values) {
  return forward(queries, keys, values, mask::full(rows(queries), rows(keys)),
                 default_scale(cols(queries)));
}

Backward backward(const Mat& queries, const Mat& keys, const Mat& values, double scale,
                  const Forward& forward, const Mat& d_context) {
  expect_shape("d_context", shape_of(d_context), shape_of(forward.context), "Tq,dv",
               "the shape of the context");
  Backward b;
  // forward was: context = weights values
  b.d_values = matmul_tn(forward.weights, d_context);
  b.d_weights = matmul_nt(d_context, values);
  // forward was: weights = softmax(masked), and masked = scaled where the mask attends
  b.d_scaled = softmax_backward(forward.weights, b.d_weights);
  // forward was: scaled = scale * scores
  b.d_scores = scale * b.d_scaled;
  // forward was: scores = queries keys^T
  b.d_queries = matmul(b.d_scores, keys);
  b.d_keys = matmul_tn(b.d_scores, queries);
  return b;
}

}  // namespace attn::scaled_dot
