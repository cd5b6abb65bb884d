#include "chapters/parts/encoder_seen.hpp"

#include <fmt/format.h>

#include <cmath>

#include "attn/core/row_statistics.hpp"
#include "chapters/parts/seen.hpp"

namespace attn::chapters {
namespace {

/// Mean over the rows of their lengths; hypot, so that no square is too large.
double mean_length(const Mat& m) {
  double sum = 0.0;
  for (std::size_t i = 0; i < rows(m); ++i) {
    double length = 0.0;
    for (std::size_t j = 0; j < cols(m); ++j) length = std::hypot(length, m(i, j));
    sum += length;
  }
  return sum / static_cast<double>(rows(m));
}

std::string largest_of_heads(const trace::Builder& trace, const Ten3& weights) {
  std::size_t head = 0;
  Largest largest;
  for (std::size_t h = 0; h < weights.shape(0); ++h) {
    Mat own = zeros(weights.shape(1), weights.shape(2));
    for (std::size_t i = 0; i < rows(own); ++i) {
      for (std::size_t j = 0; j < cols(own); ++j) own(i, j) = weights(h, i, j);
    }
    const Largest found = largest_of(own);
    if (h == 0 || found.value > largest.value) largest = found, head = h;
  }
  if (!(largest.value > 0.0)) return "In layer 1 no weight is above 0.";
  return fmt::format("No weight of layer 1 is above the {:.4f} that {} pays {} in head {}.",
                     largest.value, trace.name_of("T", largest.row),
                     trace.name_of("T", largest.column), head + 1);
}

std::string variances(const Mat& m) { return spread_of(row_variances(m, row_means(m))); }

}  // namespace

std::string encoder_seen(const trace::Builder& trace, const Mat& x, const Mask& mask,
                         const encoder::Forward& forward) {
  const encoder_block::Forward& first = forward.layers.front();
  const Mat& told = first.attention.inner.output;
  const Mat& thought = first.feed_forward.inner.y;
  const Mat around = first.feed_forward.add.sum - thought;
  std::string said = largest_of_heads(trace, first.attention.inner.weights);
  std::size_t blind = 0;
  for (std::size_t i = 0; i < mask.shape(0); ++i) {
    bool sees = false;
    for (std::size_t j = 0; j < mask.shape(1); ++j) sees = sees || mask(i, j);
    if (!sees) ++blind;
  }
  if (blind > 0) {
    said += fmt::format(" Nothing to look at is left for {}: the heads read 0 there.",
                        counted(blind, "word", "words"));
  }
  said += fmt::format(
      " In layer 1 attention adds rows of mean length {:.4g} to rows of {:.4g}, and the network "
      "rows "
      "of {:.4g} to rows of {:.4g}: neither replaces what was there.",
      mean_length(told), mean_length(x), mean_length(thought), mean_length(around));
  return said + fmt::format(" The rows that go in have variances {}, those that come out {}.",
                            variances(x), variances(forward.output()));
}

}  // namespace attn::chapters
