/// Self-attention: the rows of one matrix attend to each other. Queries, keys and values are three
/// projections of the same X. Vaswani et al., "Attention Is All You Need", arXiv:1706.03762v7,
/// section 3.2.
/// Axes: T positions, dm width of the model, dk width of queries and keys, dv width of values.
///
/// W stands on the right, as in Q = X W_q; PyTorch's nn.Linear keeps the transpose.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"
#include "attn/mechanisms/scaled_dot.hpp"

namespace attn::self_attention {

struct Params {
  Mat W_q, W_k;  // (dm, dk)
  Mat W_v;       // (dm, dv)
  Vec b_q, b_k;  // (dk)
  Vec b_v;       // (dv)
};

/// Projections whose biases are 0.
Params without_biases(const Mat& W_q, const Mat& W_k, const Mat& W_v);

/// X itself as queries, keys and values: every W is the identity (dm, dm).
Params identity(std::size_t dm);

/// The same X, seen in three ways.
struct Projections {
  Mat queries;  // (T, dk)
  Mat keys;     // (T, dk)
  Mat values;   // (T, dv)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"queries", "T,dk", "Q = X W_q + b_q", "section 3.2.2"}, self.queries);
    visit(Field{"keys", "T,dk", "K = X W_k + b_k", "section 3.2.2"}, self.keys);
    visit(Field{"values", "T,dv", "V = X W_v + b_v", "section 3.2.2"}, self.values);
  }
};

/// Every intermediate: the projections, then equation (1).
struct Forward {
  Projections projected;
  scaled_dot::Forward attention;  // scores, scaled, masked, weights (T, T); context (T, dv)

  bool complete() const;  ///< no result is missing
};

/// d_x is dL/dx and has the shape of x.
struct ParameterGradients {
  Mat d_W_q, d_W_k;  // (dm, dk)
  Mat d_W_v;         // (dm, dv)
  Vec d_b_q, d_b_k;  // (dk)
  Vec d_b_v;         // (dv)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_W_q", "dm,dk", "dW_q = X^T dQ"}, self.d_W_q);
    visit(Field{"d_W_k", "dm,dk", "dW_k = X^T dK"}, self.d_W_k);
    visit(Field{"d_W_v", "dm,dv", "dW_v = X^T dV"}, self.d_W_v);
    visit(Field{"d_b_q", "dk", "db_q = sum_i dQ_i"}, self.d_b_q);
    visit(Field{"d_b_k", "dk", "db_k = sum_i dK_i"}, self.d_b_k);
    visit(Field{"d_b_v", "dv", "db_v = sum_i dV_i"}, self.d_b_v);
  }
};

struct InputGradient {
  Mat d_X;  // (T, dm)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_X", "T,dm", "dX = dQ W_q^T + dK W_k^T + dV W_v^T"}, self.d_X);
  }
};

/// In the order in which the gradient comes back.
struct Backward {
  scaled_dot::Backward attention;
  ParameterGradients parameters;
  InputGradient input;

  bool complete() const;  ///< no result is missing
};

/// \param mask (T, T), true means "attend"
/// \param scale multiplies the scores
/// What has not been written, as in an exercise, is empty, and so is what follows.
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Mat& X, const Mask& mask, double scale);

/// Every position sees every position, and the scale is 1 / sqrt(dk).
Forward forward(const Params& params, const Mat& X);

/// \throws ShapeError if d_context has not the shape of the context.
Backward backward(const Params& params, const Mat& X, double scale, const Forward& forward,
                  const Mat& d_context);

}  // namespace attn::self_attention
