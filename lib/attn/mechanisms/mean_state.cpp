#include "attn/mechanisms/mean_state.hpp"

#include "attn/core/activations.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::mean_state {
namespace {

void expect_inputs(const Params& params, const Mat& features) {
  expect_nonempty("features", shape_of(features), "Tk,dv");
  expect_nonempty("W_h", shape_of(params.W_h), "dh,dv");
  const std::size_t dh = rows(params.W_h);
  expect_shape("W_h", shape_of(params.W_h), {dh, cols(features)}, "dh,dv",
               "one column for each entry of a feature");
  expect_shape("b_h", shape_of(params.b_h), {dh}, "dh", "one entry for each row of W_h");
  expect_shape("W_c", shape_of(params.W_c), {dh, cols(features)}, "dh,dv", "the shape of W_h");
  expect_shape("b_c", shape_of(params.b_c), {dh}, "dh", "one entry for each row of W_h");
}

}  // namespace

Forward forward(const Params& params, const Mat& features) {
  expect_inputs(params, features);
  Forward f;
  f.mean = sum_of_rows(features) / static_cast<double>(rows(features));
  f.h_0 = tanh(Vec(matvec(params.W_h, f.mean) + params.b_h));  // f_init,h, section 3.1.2
  f.c_0 = tanh(Vec(matvec(params.W_c, f.mean) + params.b_c));  // f_init,c, section 3.1.2
  return f;
}

Backward backward(const Params& params, const Mat& features, const Forward& forward,
                  const Vec& d_h_0, const Vec& d_c_0) {
  expect_shape("d_h_0", shape_of(d_h_0), shape_of(forward.h_0), "dh", "the shape of the state");
  expect_shape("d_c_0", shape_of(d_c_0), shape_of(forward.c_0), "dh", "the shape of the state");
  Backward b;
  // forward was: h_0 = tanh(W_h mean + b_h), and c_0 the same with W_c and b_c
  b.d_sum_h = tanh_backward(forward.h_0, d_h_0);
  b.d_sum_c = tanh_backward(forward.c_0, d_c_0);
  b.d_W_h = outer(b.d_sum_h, forward.mean);
  b.d_b_h = b.d_sum_h;
  b.d_W_c = outer(b.d_sum_c, forward.mean);
  b.d_b_c = b.d_sum_c;
  b.d_mean = matvec_tn(params.W_h, b.d_sum_h) + matvec_tn(params.W_c, b.d_sum_c);
  // forward was: mean = 1/L sum_i a_i
  const auto L = static_cast<double>(rows(features));
  b.d_features = zeros(rows(features), cols(features));
  for (std::size_t i = 0; i < rows(features); ++i) {
    for (std::size_t d = 0; d < cols(features); ++d) b.d_features(i, d) = b.d_mean(d) / L;
  }
  return b;
}

}  // namespace attn::mean_state
