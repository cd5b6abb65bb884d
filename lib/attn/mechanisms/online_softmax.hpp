/// Scaled dot-product attention without the weights: block by block of keys, so that nothing of
/// size (Tq, Tk) is ever held and memory grows linearly with the length.
///
/// A softmax can be computed in one pass over the keys if the largest score so far and the sum so
/// far are kept for each query: when a block brings a larger score, what was summed before shrinks
/// by exp(old maximum - new maximum). Milakov and Gimelshein, "Online normalizer calculation for
/// softmax", arXiv:1805.02867, algorithm 3; with the values averaged on the way: Rabe and Staats,
/// "Self-attention Does Not Need O(n^2) Memory", arXiv:2112.05682; Dao et al., "FlashAttention",
/// arXiv:2205.14135, algorithm 1, and its backward pass, algorithm 4.
///
/// The results are those of attn::scaled_dot to rounding, with a soft cap or a bias those of
/// attn::biased_dot.
/// Axes: Tq queries, Tk keys and values, dk width of queries and keys, dv width of values.
#pragma once

#include <optional>
#include <vector>

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::online_softmax {

/// Which keys a query may see, and what is done to the scores. All parts of the rule must allow a
/// key. Only mask and bias are of size (Tq, Tk), so leave them out where the others can say it.
struct Rule {
  bool causal = false;  // query i sees the keys j <= i + offset
  std::ptrdiff_t offset = 0;
  std::vector<std::size_t> valid_lens{};  // how many keys count, from the first: one number for
                                          // each query, or a single one for all; empty: all keys
  const Mask* mask = nullptr;             // (Tq, Tk), true means "attend"
  std::optional<double> softcap{};        // c > 0: after the scale, c tanh(score / c)
  const Mat* bias = nullptr;              // (Tq, Tk), added after that; -inf hides a key
};

/// How many queries and keys are taken at a time: so many scores fit into a processor's cache.
struct Blocks {
  std::size_t queries = 256, keys = 128;
};

/// What is kept of each query is two numbers, where scaled_dot keeps a row of weights. The last two
/// fields are for the backward pass: where one weight is almost 1, the context is that key's value
/// to the last bit, and what the other keys did could not be found in it any more.
struct Forward {
  Vec maxima;                        // (Tq), -inf where a query may see no key
  Vec sums;                          // (Tq), 0 where a query may see no key
  Mat context;                       // (Tq, dv), 0 where a query may see no key
  std::vector<std::size_t> leading;  // (Tq), the first key whose score is the maximum
  Mat beyond;                        // (Tq, dv), c_i - v_leading = sum_j a_ij (v_j - v_leading)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"maxima", "Tq", "m_i = max_j s_ij, over the keys that are seen", "", Kind::score},
          self.maxima);
    visit(Field{"sums", "Tq", "l_i = sum_j exp(s_ij - m_i)"}, self.sums);
    visit(Field{"context", "Tq,dv", "c_i = sum_j exp(s_ij - m_i) v_j / l_i", "eq. (1)"},
          self.context);
  }
};

/// d_x is dL/dx and has the shape of x.
struct Backward {
  Vec means;      // (Tq), of dL/dweights under the weights
  Mat d_values;   // (Tk, dv)
  Mat d_queries;  // (Tq, dk)
  Mat d_keys;     // (Tk, dk)
  Mat d_bias;     // (Tq, Tk), empty where there is no bias

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"means", "Tq", "D_i = sum_j a_ij dA_ij = dc_i . c_i"}, self.means);
    visit(Field{"d_values", "Tk,dv", "dV = A^T dC"}, self.d_values);
    visit(Field{"d_queries", "Tq,dk", "dQ = dS K,  dS_ij = scale a_ij (dA_ij - D_i)"},
          self.d_queries);
    visit(Field{"d_keys", "Tk,dk", "dK = dS^T Q"}, self.d_keys);
    if (self.d_bias.size() > 0) {
      visit(Field{"d_bias", "Tq,Tk", "d_ij = a_ij (dA_ij - D_i)"}, self.d_bias);
    }
  }
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes,
/// empty blocks, and lengths that do not fit.
Forward forward(const Mat& queries, const Mat& keys, const Mat& values, const Rule& rule,
                double scale, const Blocks& blocks = {});

/// The blocks of weights are computed once more, from the maxima and sums.
/// \throws ShapeError if d_context has not the shape of the context.
Backward backward(const Mat& queries, const Mat& keys, const Mat& values, const Rule& rule,
                  double scale, const Forward& forward, const Mat& d_context,
                  const Blocks& blocks = {});

}  // namespace attn::online_softmax
