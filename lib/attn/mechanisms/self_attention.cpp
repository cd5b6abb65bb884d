#include "attn/mechanisms/self_attention.hpp"

#include "attn/core/complete.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/mechanisms/mask.hpp"
#include "attn/mechanisms/scale.hpp"

namespace attn::self_attention {
namespace {

void expect_projection(const std::string& letter, const Mat& W, const Vec& b, const Mat& X,
                       std::size_t width, const char* width_name) {
  const std::string axes = std::string("dm,") + width_name;
  expect_nonempty("W_" + letter, shape_of(W), axes);
  expect_shape("W_" + letter, shape_of(W), {cols(X), width}, axes, "one row for each column of X");
  expect_shape("b_" + letter, shape_of(b), {width}, width_name,
               "one entry for each column of W_" + letter);
}

void expect_params(const Params& params, const Mat& X) {
  expect_nonempty("X", shape_of(X), "T,dm");
  expect_projection("q", params.W_q, params.b_q, X, cols(params.W_q), "dk");
  expect_shape("W_k", shape_of(params.W_k), {cols(X), cols(params.W_q)}, "dm,dk",
               "the shape of W_q, since keys are as wide as queries");
  expect_projection("k", params.W_k, params.b_k, X, cols(params.W_q), "dk");
  expect_projection("v", params.W_v, params.b_v, X, cols(params.W_v), "dv");
}

}  // namespace

Params without_biases(const Mat& W_q, const Mat& W_k, const Mat& W_v) {
  return {W_q, W_k, W_v, zeros(cols(W_q)), zeros(cols(W_k)), zeros(cols(W_v))};
}

Params identity(std::size_t dm) {
  Mat I = zeros(dm, dm);
  for (std::size_t d = 0; d < dm; ++d) I(d, d) = 1.0;
  return without_biases(I, I, I);
}

/// Each position is projected by itself: no row of X sees another one yet.
Projections project(const Params& params, const Mat& X) {
  Projections f;
  f.queries = add_to_rows(matmul(X, params.W_q), params.b_q);  // X W_q + b_q
  f.keys = add_to_rows(matmul(X, params.W_k), params.b_k);     // X W_k + b_k
  f.values = add_to_rows(matmul(X, params.W_v), params.b_v);   // X W_v + b_v
  return f;
}

Forward forward(const Params& params, const Mat& X, const Mask& mask, double scale) {
  expect_params(params, X);
  Forward all;
  all.projected = project(params, X);
  if (!is_complete(all.projected)) return all;
  const Projections& p = all.projected;
  all.attention = scaled_dot::forward(p.queries, p.keys, p.values, mask, scale);  // eq. (1)
  return all;
}

Forward forward(const Params& params, const Mat& X) {
  return forward(params, X, mask::full(rows(X), rows(X)), scale::sqrt_dk(cols(params.W_q)));
}

bool Forward::complete() const { return is_complete(projected) && is_complete(attention); }

/// What comes back to the matrices and the biases, from every position.
ParameterGradients to_parameters(const Mat& X, const scaled_dot::Backward& attention) {
  ParameterGradients b;
  // forward was: queries = X W_q + b_q, keys = X W_k + b_k, values = X W_v + b_v
  b.d_W_q = matmul_tn(X, attention.d_queries);
  b.d_W_k = matmul_tn(X, attention.d_keys);
  b.d_W_v = matmul_tn(X, attention.d_values);
  b.d_b_q = sum_of_rows(attention.d_queries);
  b.d_b_k = sum_of_rows(attention.d_keys);
  b.d_b_v = sum_of_rows(attention.d_values);
  return b;
}

/// X was read three times, so three gradients come back to it.
InputGradient to_input(const Params& params, const scaled_dot::Backward& attention) {
  InputGradient b;
  // forward was: queries = X W_q + b_q, keys = X W_k + b_k, values = X W_v + b_v
  b.d_X = matmul_nt(attention.d_queries, params.W_q) + matmul_nt(attention.d_keys, params.W_k) +
          matmul_nt(attention.d_values, params.W_v);
  return b;
}

Backward backward(const Params& params, const Mat& X, double scale, const Forward& forward,
                  const Mat& d_context) {
  const Projections& p = forward.projected;
  Backward all;
  all.attention =
      scaled_dot::backward(p.queries, p.keys, p.values, scale, forward.attention, d_context);
  if (!is_complete(all.attention)) return all;
  all.parameters = to_parameters(X, all.attention);
  if (!is_complete(all.parameters)) return all;
  all.input = to_input(params, all.attention);
  return all;
}

bool Backward::complete() const {
  return is_complete(attention) && is_complete(parameters) && is_complete(input);
}

}  // namespace attn::self_attention
