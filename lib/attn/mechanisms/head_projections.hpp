/// What several heads attend with, before any of them does: queries, keys and values projected and
/// split, the keys for fewer heads than the queries where query heads share them
/// (grouped_queries.hpp), turned by rotary positions and behind the keys of the past
/// (positioned.hpp). Both ways to attend begin here, the one that keeps the weights and the one in
/// blocks.
/// Axes: as in multi_head.hpp; G key heads, Tn new keys and Tp of the past, Tk = Tp + Tn.
#pragma once

#include <optional>

#include "attn/mechanisms/multi_head.hpp"
#include "attn/mechanisms/positioned.hpp"

namespace attn::head_projections {

/// How heads attend.
struct How {
  std::size_t key_heads = 1;        // G, which divides the number of heads
  double scale = 1.0;               // multiplies the scores
  std::optional<double> softcap{};  // c > 0
  Ten3 bias{};                      // (H, Tq, Tk), or (1, Tq, Tk) for all heads; empty: none
  bool own_biases = false;          // is it one for each head?
  positioned::How<Ten3> positions{};

  /// The bias of head h, empty if there is none.
  Mat bias_of(std::size_t h) const;
};

/// As the paper's heads do, each with keys of its own and the scale 1/sqrt(dk).
How plain(const multi_head::Params& params);

struct Forward : multi_head::Projected {
  Mat q;         // (Tq, Hdk)
  Ten3 q_heads;  // (H, Tq, dk)
  positioned::Forward<Ten3> positioned;

  /// What is compared and averaged in the end: as projected, or turned, or with the past.
  const Ten3& queries() const { return positioned.turns ? positioned.q_rotated : q_heads; }
  const Ten3& keys() const {
    return positioned.has_past ? positioned.all_keys
           : positioned.turns  ? positioned.k_rotated
                               : k_heads;
  }
  const Ten3& values() const { return positioned.has_past ? positioned.all_values : v_heads; }
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also where the number of
/// key heads does not divide that of heads.
Forward forward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                const Mat& values, const How& how);

/// d_x is dL/dx and has the shape of x.
struct Backward : multi_head::ProjectedBackward {
  Ten3 d_all_keys, d_all_values;  // (G, Tk, dk), (G, Tk, dv): sums over the heads that share them
  positioned::Backward<Ten3> positioned;  // of queries, new keys and values as they were split
  Mat d_q;                                // (Tq, Hdk)
  Mat d_W_q;                              // (dq, Hdk)
  Vec d_b_q;                              // (Hdk)
  Mat d_queries;                          // (Tq, dq)
};

/// \param d_q, d_k, d_v what came to each query head's queries, keys and values: (H, Tq, dk),
/// (H, Tk, dk), (H, Tk, dv)
Backward backward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                  const Mat& values, const How& how, const Forward& forward, const Ten3& d_q,
                  const Ten3& d_k, const Ten3& d_v);

}  // namespace attn::head_projections
