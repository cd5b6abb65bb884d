#include "attn/mechanisms/extended_dot.hpp"

namespace attn::extended_dot {
namespace {

/// What is compared and averaged in the end: as it came in, or turned, or with the past.
struct Used {
  const Mat &queries, &keys, &values;
};
Used used(const Mat& queries, const Mat& keys, const Mat& values,
          const positioned::Forward<Mat>& at) {
  return {at.turns ? at.q_rotated : queries,
          at.has_past ? at.all_keys
          : at.turns  ? at.k_rotated
                      : keys,
          at.has_past ? at.all_values : values};
}

}  // namespace

Forward forward(const Mat& queries, const Mat& keys, const Mat& values, const Mask& mask,
                const How& how) {
  Forward f;
  f.positioned = positioned::forward(queries, keys, values, how.positions);
  const Used x = used(queries, keys, values, f.positioned);
  f.attention = biased_dot::forward(x.queries, x.keys, x.values, mask, how.scoring);
  return f;
}

Backward backward(const Mat& queries, const Mat& keys, const Mat& values, const How& how,
                  const Forward& forward, const Mat& d_context) {
  Backward b;
  const Used x = used(queries, keys, values, forward.positioned);
  b.attention =
      biased_dot::backward(x.queries, x.keys, x.values, how.scoring, forward.attention, d_context);
  b.positioned = positioned::backward(how.positions, forward.positioned, b.attention.d_queries,
                                      b.attention.d_keys, b.attention.d_values);
  return b;
}

}  // namespace attn::extended_dot
