/// The position-wise feed-forward network: two linear layers and a nonlinearity between them, the
/// same for each position. Vaswani et al., "Attention Is All You Need", arXiv:1706.03762v7,
/// section 3.3, equation (2), with relu; with gelu, Hendrycks and Gimpel, arXiv:1606.08415.
/// Axes: T positions, dm width of the model, dff width between the layers.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::feed_forward {

enum class Activation {
  relu,       ///< max(0, x)
  gelu,       ///< x Phi(x), Phi(x) = (1 + erf(x / sqrt(2))) / 2
  gelu_tanh,  ///< x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2
};

struct Params {
  Mat W_1;  // (dm, dff)
  Vec b_1;  // (dff)
  Mat W_2;  // (dff, dm)
  Vec b_2;  // (dm)
  Activation activation = Activation::relu;
};

struct Forward {
  Mat hidden;     // (T, dff)
  Mat activated;  // (T, dff)
  Mat y;          // (T, dm)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"hidden", "T,dff", "hidden = x W_1 + b_1", "eq. (2)"}, self.hidden);
    visit(Field{"activated", "T,dff", "activated = max(0, hidden), or gelu(hidden)", "eq. (2)"},
          self.activated);
    visit(Field{"y", "T,dm", "y = activated W_2 + b_2", "eq. (2)"}, self.y);
  }
};

/// d_x is dL/dx and has the shape of x.
struct Backward {
  Mat d_W_2;        // (dff, dm)
  Vec d_b_2;        // (dm)
  Mat d_activated;  // (T, dff)
  Mat d_hidden;     // (T, dff)
  Mat d_W_1;        // (dm, dff)
  Vec d_b_1;        // (dff)
  Mat d_x;          // (T, dm)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_W_2", "dff,dm", "dW_2 = activated^T dy"}, self.d_W_2);
    visit(Field{"d_b_2", "dm", "db_2 = sum_i dy_i"}, self.d_b_2);
    visit(Field{"d_activated", "T,dff", "d_activated = dy W_2^T"}, self.d_activated);
    visit(Field{"d_hidden", "T,dff",
                "d_activated where hidden > 0, else 0;  or d_activated gelu'(hidden)"},
          self.d_hidden);
    visit(Field{"d_W_1", "dm,dff", "dW_1 = x^T d_hidden"}, self.d_W_1);
    visit(Field{"d_b_1", "dff", "db_1 = sum_i d_hidden_i"}, self.d_b_1);
    visit(Field{"d_x", "T,dm", "dx = d_hidden W_1^T"}, self.d_x);
  }
};

/// The nonlinearity, entry by entry.
Mat activate(Activation activation, const Mat& hidden);

/// dL/dhidden from dL/dactivated. \throws ShapeError if the shapes differ.
Mat activate_backward(Activation activation, const Mat& hidden, const Mat& d_activated);

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Mat& x);

/// \throws ShapeError if d_y has not the shape of y.
Backward backward(const Params& params, const Mat& x, const Forward& forward, const Mat& d_y);

}  // namespace attn::feed_forward
