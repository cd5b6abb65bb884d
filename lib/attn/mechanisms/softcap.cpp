#include "attn/mechanisms/softcap.hpp"

#include <cmath>

#include "attn/core/shape_error.hpp"

namespace attn::softcap {

double capped(double score, double cap) {
  const double ratio = score / cap;
  // tanh x = x (1 - x^2/3 + ...), so below 2^-27 it is x to the last bit, and the quotient of a
  // huge cap may have lost digits that the score has
  if (std::abs(ratio) < 0x1p-27) return score;
  return cap * std::tanh(ratio);
}

double slope(double score, double cap) {
  const double sech = 1.0 / std::cosh(score / cap);
  return sech * sech;
}

Mat forward(const Mat& scores, double cap) {
  Mat f(scores.shape());
  for (std::size_t i = 0; i < scores.size(); ++i) f.data()[i] = capped(scores.data()[i], cap);
  return f;
}

Mat backward(const Mat& scores, double cap, const Mat& d_capped) {
  expect_shape("d_capped", shape_of(d_capped), shape_of(scores), "Tq,Tk",
               "the shape of the scores");
  Mat b(scores.shape());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double sech = 1.0 / std::cosh(scores.data()[i] / cap);
    b.data()[i] = d_capped.data()[i] * sech * sech;  // in this order a large gradient survives
  }
  return b;
}

}  // namespace attn::softcap
