#include "attn/mechanisms/hard_sample.hpp"

#include <sstream>
#include <stdexcept>

#include "attn/core/categorical.hpp"
#include "attn/core/matmul.hpp"
#include "attn/mechanisms/inputs.hpp"

namespace attn::hard_sample {
namespace {

void expect_draws(const Vec& u, std::size_t Tq) {
  expect_shape("u", shape_of(u), {Tq}, "Tq", "one number for each query");
  for (const double x : u) {
    if (x >= 0.0 && x < 1.0) continue;
    std::ostringstream text;
    text << "u has an entry " << x << ", expected numbers from 0 up to 1, 1 left out";
    throw std::invalid_argument(text.str());
  }
}

}  // namespace

Vec draws(std::size_t n, Random& random) {
  Vec u = zeros(n);
  for (double& x : u) x = random.uniform();
  return u;
}

Forward forward(const Mat& weights, const Mat& values, const Vec& u) {
  expect_nonempty("weights", shape_of(weights), "Tq,Tk");
  expect_values(values, cols(weights));
  expect_draws(u, rows(weights));
  Forward f;
  f.cumulative = cumulative_sums(weights);
  f.choice = zeros(rows(weights), cols(weights));  // s ~ Multinoulli({a_i}), section 4.1
  for (std::size_t i = 0; i < rows(weights); ++i) {
    const std::span<const double> c(f.cumulative.data() + i * cols(weights), cols(weights));
    const std::size_t j = pick(c, u(i));
    if (j < cols(weights)) f.choice(i, j) = 1.0;
  }
  f.context = matmul(f.choice, values);  // eq. (9)
  return f;
}

Backward backward(const Forward& forward, const Mat& d_context) {
  expect_d_context(d_context, forward.context);
  Backward b;
  // forward was: context = choice values
  b.d_values = matmul_tn(forward.choice, d_context);
  return b;
}

}  // namespace attn::hard_sample
