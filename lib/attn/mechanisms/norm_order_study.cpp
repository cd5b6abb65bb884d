#include "attn/mechanisms/norm_order_study.hpp"

#include <cmath>

#include "attn/core/ops.hpp"
#include "attn/core/row_statistics.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::norm_order_study {
namespace {

encoder::Params in_order(const encoder::Params& params, NormOrder order, std::size_t layers) {
  encoder::Params deep;
  for (std::size_t n = 0; n < layers; ++n) {
    deep.layers.push_back(params.layers[n % params.layers.size()]);
    deep.layers.back().order = order;
  }
  return deep;
}

double mean_variance(const Mat& x) {
  const Vec variances = row_variances(x, row_means(x));
  double sum = 0.0;
  for (const double variance : variances) sum += variance;
  return sum / static_cast<double>(variances.size());
}

double norm(const Mat& m) { return std::sqrt(inner_product(m, m)); }

void run(const encoder::Params& params, const Mat& x, const Mask& mask, const Mat& d_output,
         Vec& variance, Vec& gradient) {
  const std::size_t L = params.layers.size();
  const encoder::Forward forward = encoder::forward(params, x, mask);
  const encoder::Backward back = encoder::backward(params, x, forward, d_output);
  variance = gradient = zeros(L + 1);
  variance(0) = mean_variance(x);
  gradient(L) = norm(d_output);
  for (std::size_t n = 0; n < L; ++n) {
    variance(n + 1) = mean_variance(forward.layers[n].output());
    gradient(n) = norm(back.layers[L - 1 - n].d_x());  // the last layer comes first
  }
}

}  // namespace

Result study(const encoder::Params& params, const Mat& x, const Mask& mask, const Mat& d_output,
             std::size_t layers) {
  if (params.layers.empty() || layers == 0) throw ShapeError("there are no layers to study");
  Result result;
  run(in_order(params, NormOrder::post, layers), x, mask, d_output, result.post_variance,
      result.post_gradient);
  run(in_order(params, NormOrder::pre, layers), x, mask, d_output, result.pre_variance,
      result.pre_gradient);
  return result;
}

}  // namespace attn::norm_order_study
