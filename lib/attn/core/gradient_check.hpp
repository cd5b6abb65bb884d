/// Is an analytic gradient right? Central differences answer.
#pragma once

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>

#include "attn/core/shape_error.hpp"

namespace attn {

/// The outcome for one tensor: `message` is empty when every entry agrees.
struct GradientCheck {
  std::string message;  ///< the first entry that disagrees, with both numbers
  explicit operator bool() const { return message.empty(); }
};

/// Compares `analytic`, dL/dx, with (L(x + h e) - L(x - h e)) / 2h for every entry of x.
///
/// An entry agrees when |analytic - numeric| <= absolute + relative * max(|analytic|, |numeric|).
/// `loss` is called with no arguments and must read `x`, which is moved and put back.
template <class Tensor, class Loss>
GradientCheck check_gradient(Loss&& loss, Tensor& x, const Tensor& analytic, double h = 1e-5,
                             double relative = 1e-7, double absolute = 1e-9) {
  if (shape_of(x) != shape_of(analytic)) {
    return {"the gradient has shape " + to_string(shape_of(analytic)) + ", its tensor " +
            to_string(shape_of(x))};
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    double& entry = x.data()[i];
    const double kept = entry;
    entry = kept + h;
    const double above = loss();
    entry = kept - h;
    const double below = loss();
    entry = kept;
    const double numeric = (above - below) / (2.0 * h);
    const double found = analytic.data()[i];
    const double allowed =
        absolute + relative * std::max(std::abs(found), std::abs(numeric));
    if (!(std::abs(found - numeric) <= allowed)) {
      std::ostringstream text;
      text.precision(17);
      text << "entry " << i << " in row-major order: analytic " << found << ", central difference "
           << numeric << ", allowed difference " << allowed;
      return {text.str()};
    }
  }
  return {};
}

}  // namespace attn
