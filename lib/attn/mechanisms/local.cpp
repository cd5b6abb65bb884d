#include "attn/mechanisms/local.hpp"

#include <algorithm>
#include <cmath>

#include "attn/core/matmul.hpp"
#include "attn/core/softmax.hpp"
#include "attn/mechanisms/inputs.hpp"

namespace attn::local {
namespace {

void expect_inputs(const Mat& scores, const Vec& p, const Mat& annotations,
                   const Options& options) {
  expect_nonempty("scores", shape_of(scores), "Tq,Tk");
  expect_shape("p", shape_of(p), {rows(scores)}, "Tq", "a position for each query");
  expect_nonempty("annotations", shape_of(annotations), "Tk,dh");
  expect_shape("annotations", shape_of(annotations), {cols(scores), cols(annotations)}, "Tk,dh",
               "one for each position");
  if (options.gaussian && options.D == 0) {
    throw std::invalid_argument(
        "D is 0, and so is the Gaussian's sigma = D/2; local-p needs a D of at least 1");
  }
}

// step: window
/// 1 for the positions s with centre - D <= s <= centre + D
Mat window_about(const Vec& p, std::size_t Tk, const Options& options) {
  Mat window = zeros(p.size(), Tk);
  const auto D = static_cast<double>(options.D);
  for (std::size_t t = 0; t < p.size(); ++t) {
    const double centre = options.centre == Centre::floor ? std::floor(p(t)) : p(t);
    for (std::size_t s = 0; s < Tk; ++s) {
      const auto position = static_cast<double>(s);
      if (centre - D <= position && position <= centre + D) window(t, s) = 1.0;
    }
  }
  return window;
}

// step: masked
/// the scores inside the window, -inf outside
Mat keep_window(const Mat& scores, const Mat& window) {
  Mat masked = scores;
  for (std::size_t i = 0; i < masked.size(); ++i) {
    if (window.data()[i] == 0.0) masked.data()[i] = -std::numeric_limits<double>::infinity();
  }
  return masked;
}

// step: gaussian
/// exp(-(s - p_t)^2 / (2 sigma^2)) with sigma = D/2
Mat gaussian_about(const Vec& p, std::size_t Tk, const Options& options) {
  Mat gaussian(Mat::shape_type{p.size(), Tk}, 1.0);
  if (!options.gaussian) return gaussian;
  const double sigma = static_cast<double>(options.D) / 2.0;
  for (std::size_t t = 0; t < p.size(); ++t) {
    for (std::size_t s = 0; s < Tk; ++s) {
      const double distance = static_cast<double>(s) - p(t);
      gaussian(t, s) = std::exp(-distance * distance / (2.0 * sigma * sigma));
    }
  }
  return gaussian;
}

// step: kept
/// the sum of each row
Vec row_sums(const Mat& m) {
  Vec sums = zeros(rows(m));
  for (std::size_t t = 0; t < rows(m); ++t) {
    for (std::size_t s = 0; s < cols(m); ++s) sums(t) += m(t, s);
  }
  return sums;
}

// step: weights
/// each row divided by its sum; a row of nothing stays 0
Mat renormalised(const Mat& damped, const Vec& kept) {
  Mat weights = damped;
  for (std::size_t t = 0; t < rows(damped); ++t) {
    for (std::size_t s = 0; s < cols(damped) && kept(t) > 0.0; ++s) weights(t, s) /= kept(t);
  }
  return weights;
}

// step: d_damped
/// back through the division by the sum of the row
Mat renormalised_backward(const Forward& forward, const Mat& d_weights) {
  const Mat& a = forward.weights;
  Mat d_damped = zeros(rows(a), cols(a));
  for (std::size_t t = 0; t < rows(a); ++t) {
    // Measured from that of the largest weight, as in softmax_backward, and for the same reason.
    const double* row = a.data() + t * cols(a);
    const auto top = static_cast<std::size_t>(std::max_element(row, row + cols(a)) - row);
    const double origin = d_weights(t, top);
    double mean = 0.0;
    for (std::size_t s = 0; s < cols(a); ++s) mean += a(t, s) * (d_weights(t, s) - origin);
    for (std::size_t s = 0; s < cols(a) && forward.kept(t) > 0.0; ++s) {
      d_damped(t, s) = ((d_weights(t, s) - origin) - mean) / forward.kept(t);
    }
  }
  return d_damped;
}

// step: d_p
/// sum_s d_gaussian_ts gaussian_ts (s - p_t) / sigma^2
Vec back_to_positions(const Vec& p, const Options& options, const Mat& gaussian,
                      const Mat& d_gaussian) {
  Vec d_p = zeros(p.size());
  if (!options.gaussian) return d_p;
  const double sigma = static_cast<double>(options.D) / 2.0;
  for (std::size_t t = 0; t < p.size(); ++t) {
    for (std::size_t s = 0; s < cols(gaussian); ++s) {
      const double distance = static_cast<double>(s) - p(t);
      d_p(t) += d_gaussian(t, s) * gaussian(t, s) * distance / (sigma * sigma);
    }
  }
  return d_p;
}

}  // namespace

Vec monotonic(std::size_t first, std::size_t Tq) {
  Vec p = zeros(Tq);
  for (std::size_t t = 0; t < Tq; ++t) p(t) = static_cast<double>(first + t);
  return p;
}

Vec monotonic_within(std::size_t first, std::size_t Tq, std::size_t Tk) {
  Vec p = monotonic(first, Tq);
  for (double& position : p) position = std::min(position, static_cast<double>(Tk) - 1.0);
  return p;
}

Forward forward(const Mat& scores, const Vec& p, const Mat& annotations, const Options& options) {
  expect_inputs(scores, p, annotations, options);
  Forward f;
  f.window = window_about(p, cols(scores), options);      // [p_t - D, p_t + D], section 3.2
  f.masked = keep_window(scores, f.window);               // the positions inside it alone
  f.align = softmax(f.masked);                            // align(h_t, h_s), eq. (7)
  f.gaussian = gaussian_about(p, cols(scores), options);  // exp(...), eq. (10)
  f.damped = f.align * f.gaussian;                        // a_t(s), eq. (10)
  f.kept = row_sums(f.damped);
  f.weights = options.renormalise ? renormalised(f.damped, f.kept) : f.damped;
  f.context = matmul(f.weights, annotations);  // c_t, section 3.2
  return f;
}

Backward backward(const Vec& p, const Mat& annotations, const Options& options,
                  const Forward& forward, const Mat& d_context) {
  expect_d_context(d_context, forward.context);
  Backward b;
  // forward was: context = weights annotations
  b.d_annotations = matmul_tn(forward.weights, d_context);
  b.d_weights = matmul_nt(d_context, annotations);
  // forward was: weights = damped / kept, if renormalised
  b.d_damped = options.renormalise ? renormalised_backward(forward, b.d_weights) : b.d_weights;
  // forward was: damped = align * gaussian
  b.d_align = b.d_damped * forward.gaussian;
  b.d_gaussian = b.d_damped * forward.align;
  // forward was: align = softmax(masked), and masked = scores inside the window
  b.d_scores = softmax_backward(forward.align, b.d_align);
  // forward was: gaussian_ts = exp(-(s - p_t)^2 / (2 sigma^2))
  b.d_p = back_to_positions(p, options, forward.gaussian, b.d_gaussian);
  return b;
}

}  // namespace attn::local
