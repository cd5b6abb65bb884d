/// How alike positions are, and whether that depends on their distance alone.
/// Axes: T positions, dm width of the model.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::position_similarity {

struct Forward {
  Mat similarity;  // (T, T)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"similarity", "T,T", "PE PE^T"}, self.similarity);
  }
};

/// \param encoding (T, dm). \throws ShapeError if an axis is empty.
Forward forward(const Mat& encoding);

/// Over all pairs of positions p and p + d, for d = 0 to T - 1.
struct ByDistance {
  Vec smallest, mean, largest;  // (T) each
};
ByDistance by_distance(const Mat& similarity);

}  // namespace attn::position_similarity
