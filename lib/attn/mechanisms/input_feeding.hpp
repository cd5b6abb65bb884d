/// Input feeding: the decoder is told what it attended to. Luong, Pham, Manning,
/// arXiv:1508.04025v5, section 3.3.
/// Axes: dy width of a word's embedding, dc width of the attentional state.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::input_feeding {

struct Forward {
  Vec input;  // (dy + dc): the word, then the attentional state of the step before

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"input", "dy+dc", "[y_{t-1}; h~_{t-1}],  h~_0 = 0", "section 3.3"}, self.input);
  }
};

/// d_x is dL/dx and has the shape of x.
struct Backward {
  Vec d_word;  // (dy)
  Vec d_fed;   // (dc), of the attentional state that was fed in

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_word", "dy", "the first dy entries"}, self.d_word);
    visit(Field{"d_fed", "dc", "the last dc entries"}, self.d_fed);
  }
};

/// \throws ShapeError if either is empty.
Forward forward(const Vec& word, const Vec& attentional);

/// \throws ShapeError if d_input has not the shape of the input.
Backward backward(const Vec& word, const Vec& attentional, const Forward& forward,
                  const Vec& d_input);

}  // namespace attn::input_feeding
