/// From words to what the Transformer's first layer is given: their embeddings, multiplied by the
/// square root of the width, and their positions. Vaswani et al., "Attention Is All You Need",
/// arXiv:1706.03762v7, sections 3.4 and 3.5.
/// Axes: T words of a sentence, V words of the vocabulary, dm width of the model.
#pragma once

#include <vector>

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::model_input {

struct Forward {
  Mat embedded;  // (T, dm)
  Mat scaled;    // (T, dm)
  Mat x;         // (T, dm)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"embedded", "T,dm", "E[w_t], row w_t of the table", "section 3.4"}, self.embedded);
    visit(Field{"scaled", "T,dm", "sqrt(dm) E[w_t]", "section 3.4"}, self.scaled);
    visit(Field{"x", "T,dm", "x_t = sqrt(dm) E[w_t] + PE_t", "section 3.5"}, self.x);
  }
};

/// d_x is dL/dx and has the shape of x; what comes back to the positions is dL/dx itself.
struct Backward {
  Mat d_embedded;  // (T, dm)
  Mat d_E;         // (V, dm)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_embedded", "T,dm", "sqrt(dm) dx_t"}, self.d_embedded);
    visit(Field{"d_E", "V,dm", "row w gets the sum of d_embedded_t over its words"}, self.d_E);
  }
};

/// \param E (V, dm)
/// \param words numbers in the vocabulary
/// \param positions (T, dm), a vector for the place of each word; zeros for none
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
/// \throws std::out_of_range if there is no such word.
Forward forward(const Mat& E, const std::vector<std::size_t>& words, const Mat& positions);

/// \throws ShapeError if d_x has not the shape of x.
Backward backward(const Mat& E, const std::vector<std::size_t>& words, const Mat& d_x);

}  // namespace attn::model_input
