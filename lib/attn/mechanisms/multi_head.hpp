/// Multi-head attention. Vaswani et al., "Attention Is All You Need", arXiv:1706.03762v7, section
/// 3.2.2: head_i = Attention(Q W_i^Q, K W_i^K, V W_i^V), and W^O on their concatenation.
///
/// The matrices of the heads stand side by side: columns i dk to (i + 1) dk of W_q are W_i^Q. So
/// one product projects for all heads, and the result is split.
///
/// In two halves: keys and values do not depend on the queries, so that a decoder projects each of
/// them once (`project`) and attends to them at every step (`attend`). `forward` is one after the
/// other.
///
/// Axes: Tq queries, Tk keys and values, H heads, dk and dv widths in a head, Hdk = H dk and
/// Hdv = H dv of all heads together; dq, dx_k, dx_v widths of the queries, keys and values that
/// come in, dm width of what goes out.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::multi_head {

struct Params {
  std::size_t heads = 1;  // H
  Mat W_q;                // (dq, Hdk)
  Vec b_q;                // (Hdk); all biases are 0 in the paper
  Mat W_k;                // (dx_k, Hdk)
  Vec b_k;                // (Hdk)
  Mat W_v;                // (dx_v, Hdv)
  Vec b_v;                // (Hdv)
  Mat W_o;                // (Hdv, dm)
  Vec b_o;                // (dm)
};

/// What does not depend on the queries.
struct Projected {
  Mat k, v;      // (Tk, Hdk), (Tk, Hdv)
  Ten3 k_heads;  // (H, Tk, dk)
  Ten3 v_heads;  // (H, Tk, dv)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"k", "Tk,Hdk", "k = X_k W_k + b_k", "section 3.2.2"}, self.k);
    visit(Field{"v", "Tk,Hdv", "v = X_v W_v + b_v", "section 3.2.2"}, self.v);
    visit(Field{"k_heads", "H,Tk,dk", "columns (i-1) dk + 1 to i dk of k"}, self.k_heads);
    visit(Field{"v_heads", "H,Tk,dv", "columns (i-1) dv + 1 to i dv of v"}, self.v_heads);
  }
};

/// What is computed for some queries.
struct Attended {
  Mat q;         // (Tq, Hdk)
  Ten3 q_heads;  // (H, Tq, dk)
  Ten3 scores;   // (H, Tq, Tk)
  Ten3 scaled;   // (H, Tq, Tk)
  Ten3 masked;   // (H, Tq, Tk), -inf where the mask says "do not attend"
  Ten3 weights;  // (H, Tq, Tk), each row sums to 1, or is 0 if all its keys are masked
  Ten3 heads;    // (H, Tq, dv)
  Mat concat;    // (Tq, Hdv)
  Mat output;    // (Tq, dm)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"q", "Tq,Hdk", "q = X_q W_q + b_q", "section 3.2.2"}, self.q);
    visit(Field{"q_heads", "H,Tq,dk", "columns (i-1) dk + 1 to i dk of q"}, self.q_heads);
    visit(Field{"scores", "H,Tq,Tk", "S_i = q_i k_i^T", "eq. (1)"}, self.scores);
    visit(Field{"scaled", "H,Tq,Tk", "S_i / sqrt(dk)", "eq. (1)"}, self.scaled);
    visit(Field{"masked", "H,Tq,Tk", "scaled where the mask attends, else -inf", "section 3.2.3",
                Kind::score},
          self.masked);
    visit(Field{"weights", "H,Tq,Tk", "A_i = softmax(masked), over the keys", "eq. (1)",
                Kind::weight},
          self.weights);
    visit(Field{"heads", "H,Tq,dv", "head_i = A_i v_i", "section 3.2.2"}, self.heads);
    visit(Field{"concat", "Tq,Hdv", "Concat(head_1, ..., head_H)", "section 3.2.2"}, self.concat);
    visit(Field{"output", "Tq,dm", "Concat(head_1, ..., head_H) W_o + b_o", "section 3.2.2"},
          self.output);
  }
};

/// Every intermediate.
struct Forward : Projected, Attended {
  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    Projected::each(self, visit);
    Attended::each(self, visit);
  }
};

/// d_x is dL/dx and has the shape of x.
struct AttendedBackward {
  Mat d_W_o;       // (Hdv, dm)
  Vec d_b_o;       // (dm)
  Mat d_concat;    // (Tq, Hdv)
  Ten3 d_heads;    // (H, Tq, dv)
  Ten3 d_v_heads;  // (H, Tk, dv)
  Ten3 d_weights;  // (H, Tq, Tk)
  Ten3 d_scaled;   // (H, Tq, Tk), 0 where masked
  Ten3 d_scores;   // (H, Tq, Tk)
  Ten3 d_q_heads;  // (H, Tq, dk)
  Ten3 d_k_heads;  // (H, Tk, dk)
  Mat d_q;         // (Tq, Hdk)
  Mat d_W_q;       // (dq, Hdk)
  Vec d_b_q;       // (Hdk)
  Mat d_queries;   // (Tq, dq)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_W_o", "Hdv,dm", "dW_o = concat^T dY"}, self.d_W_o);
    visit(Field{"d_b_o", "dm", "db_o = sum_t dy_t"}, self.d_b_o);
    visit(Field{"d_concat", "Tq,Hdv", "d_concat = dY W_o^T"}, self.d_concat);
    visit(Field{"d_heads", "H,Tq,dv", "columns (i-1) dv + 1 to i dv of d_concat"}, self.d_heads);
    visit(Field{"d_v_heads", "H,Tk,dv", "d_v_i = A_i^T d_head_i"}, self.d_v_heads);
    visit(Field{"d_weights", "H,Tq,Tk", "dA_i = d_head_i v_i^T"}, self.d_weights);
    visit(Field{"d_scaled", "H,Tq,Tk", "a_tj (dA_tj - sum_m a_tm dA_tm), in each head"},
          self.d_scaled);
    visit(Field{"d_scores", "H,Tq,Tk", "dS_i = d_scaled_i / sqrt(dk)"}, self.d_scores);
    visit(Field{"d_q_heads", "H,Tq,dk", "d_q_i = dS_i k_i"}, self.d_q_heads);
    visit(Field{"d_k_heads", "H,Tk,dk", "d_k_i = dS_i^T q_i"}, self.d_k_heads);
    visit(Field{"d_q", "Tq,Hdk", "d_q = Concat(d_q_1, ..., d_q_H)"}, self.d_q);
    visit(Field{"d_W_q", "dq,Hdk", "dW_q = X_q^T d_q"}, self.d_W_q);
    visit(Field{"d_b_q", "Hdk", "db_q = sum_t d_q_t"}, self.d_b_q);
    visit(Field{"d_queries", "Tq,dq", "dX_q = d_q W_q^T"}, self.d_queries);
  }
};

struct ProjectedBackward {
  Mat d_k, d_v;  // (Tk, Hdk), (Tk, Hdv)
  Mat d_W_k;     // (dx_k, Hdk)
  Vec d_b_k;     // (Hdk)
  Mat d_keys;    // (Tk, dx_k)
  Mat d_W_v;     // (dx_v, Hdv)
  Vec d_b_v;     // (Hdv)
  Mat d_values;  // (Tk, dx_v)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_k", "Tk,Hdk", "d_k = Concat(d_k_1, ..., d_k_H)"}, self.d_k);
    visit(Field{"d_v", "Tk,Hdv", "d_v = Concat(d_v_1, ..., d_v_H)"}, self.d_v);
    visit(Field{"d_W_k", "dx_k,Hdk", "dW_k = X_k^T d_k"}, self.d_W_k);
    visit(Field{"d_b_k", "Hdk", "db_k = sum_j d_k_j"}, self.d_b_k);
    visit(Field{"d_keys", "Tk,dx_k", "dX_k = d_k W_k^T"}, self.d_keys);
    visit(Field{"d_W_v", "dx_v,Hdv", "dW_v = X_v^T d_v"}, self.d_W_v);
    visit(Field{"d_b_v", "Hdv", "db_v = sum_j d_v_j"}, self.d_b_v);
    visit(Field{"d_values", "Tk,dx_v", "dX_v = d_v W_v^T"}, self.d_values);
  }
};

struct Backward : AttendedBackward, ProjectedBackward {
  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    AttendedBackward::each(self, visit);
    ProjectedBackward::each(self, visit);
  }
};

/// What `attend` demands of its arguments, apart from the mask. \throws ShapeError
void expect_attend(const Params& params, const Mat& queries, const Projected& keys);

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes, and
/// where a width is no multiple of the number of heads.
Projected project(const Params& params, const Mat& keys, const Mat& values);
/// \param mask (Tq, Tk), the same for every head
Attended attend(const Params& params, const Mat& queries, const Projected& keys, const Mask& mask);
Forward forward(const Params& params, const Mat& queries, const Mat& keys, const Mat& values,
                const Mask& mask);

/// \throws ShapeError if d_output has not the shape of the output.
AttendedBackward attend_backward(const Params& params, const Mat& queries, const Projected& keys,
                                 const Attended& forward, const Mat& d_output);

/// \param d_k_heads, d_v_heads what came back to the projected keys and values (H, Tk, dk),
/// (H, Tk, dv)
ProjectedBackward project_backward(const Params& params, const Mat& keys, const Mat& values,
                                   const Ten3& d_k_heads, const Ten3& d_v_heads);

/// \throws ShapeError if d_output has not the shape of the output.
Backward backward(const Params& params, const Mat& queries, const Mat& keys, const Mat& values,
                  const Forward& forward, const Mat& d_output);

}  // namespace attn::multi_head
