#include "attn/core/gradient_check.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace attn {

std::string gradient_disagreement(double analytic, double numeric,
                                  const GradientTolerance& tolerance) {
  const double allowed =
      tolerance.absolute + tolerance.relative * std::max(std::abs(analytic), std::abs(numeric));
  // An infinite `allowed` would let everything pass.
  const bool finite = std::isfinite(analytic) && std::isfinite(numeric);
  if (finite && std::abs(analytic - numeric) <= allowed) return {};
  std::ostringstream text;
  text.precision(17);
  text << "analytic " << analytic << ", central difference " << numeric << ", allowed difference "
       << allowed;
  return text.str();
}

}  // namespace attn
