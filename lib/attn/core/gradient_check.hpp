/// Is an analytic gradient right? Central differences answer.
#pragma once

#include <string>

#include "attn/core/shape_error.hpp"

namespace attn {

/// The outcome for one tensor: `message` is empty when every entry agrees.
struct GradientCheck {
  std::string message;  ///< the first entry that disagrees, with both numbers
  explicit operator bool() const { return message.empty(); }
};

/// An entry agrees when both numbers are finite and
/// |analytic - numeric| <= absolute + relative * max(|analytic|, |numeric|).
struct GradientTolerance {
  double h = 1e-5;  ///< the step of the central difference
  double relative = 1e-7;
  double absolute = 1e-9;
};

/// Empty if the two agree, else both numbers and the difference allowed.
std::string gradient_disagreement(double analytic, double numeric,
                                  const GradientTolerance& tolerance);

/// (L(x + h) - L(x - h)) / 2h for one number x. `loss` takes no arguments and must read `x`, which
/// is moved and put back. Divides by the step that rounding left, which is not quite 2h.
template <class Loss>
double central_difference(Loss&& loss, double& x, double h) {
  const double kept = x;
  const double up = kept + h;
  const double down = kept - h;
  x = up;
  const double above = loss();
  x = down;
  const double below = loss();
  x = kept;
  return (above - below) / (up - down);
}

/// Compares `analytic`, which is dL/dx, with the central difference in every entry of `x`.
template <class Tensor, class Loss>
GradientCheck check_gradient(Loss&& loss, Tensor& x, const Tensor& analytic,
                             const GradientTolerance& tolerance = {}) {
  if (shape_of(x) != shape_of(analytic)) {
    return {"the gradient has shape " + to_string(shape_of(analytic)) + ", its tensor " +
            to_string(shape_of(x))};
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double numeric = central_difference(loss, x.data()[i], tolerance.h);
    const std::string wrong = gradient_disagreement(analytic.data()[i], numeric, tolerance);
    if (!wrong.empty()) return {"entry " + to_string(cell_of(i, shape_of(x))) + ": " + wrong};
  }
  return {};
}

/// The same for a single number.
template <class Loss>
GradientCheck check_gradient(Loss&& loss, double& x, double analytic,
                             const GradientTolerance& tolerance = {}) {
  const double numeric = central_difference(loss, x, tolerance.h);
  return {gradient_disagreement(analytic, numeric, tolerance)};
}

}  // namespace attn
