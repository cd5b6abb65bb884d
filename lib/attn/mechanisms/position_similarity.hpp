/// How alike positions are, and whether that depends on their distance alone.
/// Axes: T positions, dm width of the model.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::position_similarity {

struct Forward {
  Mat similarity;  // (T, T)
  Vec smallest;    // (T), over all pairs of positions at that distance, and so those below
  Vec mean;        // (T)
  Vec largest;     // (T)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"similarity", "T,T", "PE PE^T"}, self.similarity);
    visit(Field{"smallest", "T", "min over p of PE(p) . PE(p+d)"}, self.smallest);
    visit(Field{"mean", "T", "mean over p"}, self.mean);
    visit(Field{"largest", "T", "max over p"}, self.largest);
  }
};

/// \param encoding (T, dm). \throws ShapeError if an axis is empty.
Forward forward(const Mat& encoding);

}  // namespace attn::position_similarity
