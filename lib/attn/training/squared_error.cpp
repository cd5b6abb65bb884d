#include "attn/training/squared_error.hpp"

#include "attn/core/shape_error.hpp"
#include "attn/core/wide.hpp"

namespace attn::squared_error {
namespace {

/// What each square counts for.
double share(const Mat& prediction, const Mat& target, Reduction reduction) {
  expect_nonempty("prediction", shape_of(prediction), "n,dv");
  expect_shape("target", shape_of(target), shape_of(prediction), "n,dv",
               "the shape of the prediction");
  return reduction == Reduction::sum ? 1.0 : 1.0 / static_cast<double>(prediction.size());
}

}  // namespace

double loss(const Mat& prediction, const Mat& target, Reduction reduction) {
  const double each = share(prediction, target, reduction);
  const Mat errors = prediction - target;
  return (Wide(each) * wide_inner_product(errors, errors)).narrow();
}

Mat backward(const Mat& prediction, const Mat& target, Reduction reduction) {
  return 2.0 * share(prediction, target, reduction) * (prediction - target);
}

}  // namespace attn::squared_error
