/// From the decoder's output to the next word: a linear layer and the softmax over the vocabulary,
/// at each position. Vaswani et al., "Attention Is All You Need", arXiv:1706.03762v7, section 3.4.
/// Axes: T positions, dm width of the model, V words.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::next_word {

struct Params {
  Mat W;  // (dm, V)
  Vec b;  // (V); 0 in the paper
};

struct Forward {
  Mat logits;         // (T, V)
  Mat probabilities;  // (T, V), each row sums to 1

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"logits", "T,V", "z_t = y_t W + b", "section 3.4"}, self.logits);
    visit(Field{"probabilities", "T,V", "p_t = softmax(z_t), over the words", "section 3.4",
                Kind::weight},
          self.probabilities);
  }
};

/// d_x is dL/dx and has the shape of x.
struct Backward {
  Mat d_W;  // (dm, V)
  Vec d_b;  // (V)
  Mat d_y;  // (T, dm)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_W", "dm,V", "dW = Y^T dZ"}, self.d_W);
    visit(Field{"d_b", "V", "db = sum_t dz_t"}, self.d_b);
    visit(Field{"d_y", "T,dm", "dY = dZ W^T"}, self.d_y);
  }
};

/// \param y (T, dm)
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Mat& y);

/// \throws ShapeError if d_logits has not the shape of the logits.
Backward backward(const Params& params, const Mat& y, const Forward& forward, const Mat& d_logits);

/// log p of each word at one position (V), from its row of logits: exact also where p is so small
/// that it rounds to 0.
Vec log_probabilities(const Vec& logits);

}  // namespace attn::next_word
