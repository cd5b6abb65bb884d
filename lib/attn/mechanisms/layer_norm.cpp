#include "attn/mechanisms/layer_norm.hpp"

#include <cmath>
#include <sstream>
#include <stdexcept>

#include "attn/core/ops.hpp"
#include "attn/core/row_statistics.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::layer_norm {
namespace {

void expect_params(const Params& params, const Mat& x) {
  expect_nonempty("x", shape_of(x), "T,dm");
  expect_shape("gamma", shape_of(params.gamma), {cols(x)}, "dm", "one entry for each column of x");
  expect_shape("beta", shape_of(params.beta), {cols(x)}, "dm", "one entry for each column of x");
  if (params.epsilon > 0.0 && std::isfinite(params.epsilon)) return;
  std::ostringstream text;
  text << "epsilon is " << params.epsilon << ", expected a number greater than 0";
  throw std::invalid_argument(text.str());
}

}  // namespace

Params untrained(std::size_t dm) { return {Vec(Vec::shape_type{dm}, 1.0), zeros(dm)}; }

Forward forward(const Params& params, const Mat& x) {
  expect_params(params, x);
  Forward f;
  f.mean = row_means(x);                  // mu of eq. (3)
  f.variance = row_variances(x, f.mean);  // sigma^2 of eq. (3)
  f.normalised = scale_rows(subtract_from_rows(x, f.mean),
                            inverse_deviations(x, f.mean, f.variance, params.epsilon));
  f.y = add_to_rows(scale_columns(f.normalised, params.gamma), params.beta);
  return f;
}

Backward backward(const Params& params, const Mat& x, const Forward& forward, const Mat& d_y) {
  expect_params(params, x);
  expect_shape("d_y", shape_of(d_y), shape_of(forward.y), "T,dm", "the shape of y");
  Backward b;
  // forward was: y = gamma * normalised + beta
  b.d_gamma = sum_of_rows(d_y * forward.normalised);
  b.d_beta = sum_of_rows(d_y);
  b.d_normalised = scale_columns(d_y, params.gamma);
  // forward was: normalised = (x - mean) / sqrt(variance + epsilon), where x is also in the mean
  // and in the variance: what would only shift or stretch a row does not flow back
  b.d_x =
      scale_rows(subtract_from_rows(b.d_normalised, row_means(b.d_normalised)) -
                     scale_rows(forward.normalised, row_means(b.d_normalised * forward.normalised)),
                 inverse_deviations(x, forward.mean, forward.variance, params.epsilon));
  return b;
}

}  // namespace attn::layer_norm
