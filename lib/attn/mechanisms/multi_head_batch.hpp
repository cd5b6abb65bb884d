/// Multi-head attention for a batch: several sequences that share the parameters. Each is attended
/// to as if it were alone; the gradients of the parameters add up.
///
/// Sequences of a batch are padded to one length. So beside the mask of queries and keys there is
/// one for each sequence, which says where its keys end: PyTorch's key_padding_mask in our sense,
/// true means "attend".
///
/// Axes: B sequences; Tq, Tk, H and the widths as in multi_head.hpp.
#pragma once

#include <vector>

#include "attn/mechanisms/multi_head.hpp"

namespace attn::multi_head_batch {

struct Forward {
  std::vector<multi_head::Forward> sequences;  // B, each with every intermediate
  Ten3 output;                                 // (B, Tq, dm)
};

/// d_x is dL/dx and has the shape of x.
struct Backward {
  std::vector<multi_head::Backward> sequences;  // B
  Ten3 d_queries, d_keys, d_values;             // (B, Tq, dq), (B, Tk, dx_k), (B, Tk, dx_v)
  Mat d_W_q, d_W_k, d_W_v, d_W_o;               // sums over the sequences
  Vec d_b_q, d_b_k, d_b_v, d_b_o;
};

/// \param queries, keys, values (B, Tq, dq), (B, Tk, dx_k), (B, Tk, dx_v)
/// \param mask (Tq, Tk), the same for every sequence and head
/// \param key_mask (B, Tk), for all queries of a sequence
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const multi_head::Params& params, const Ten3& queries, const Ten3& keys,
                const Ten3& values, const Mask& mask, const Mask& key_mask);

/// \throws ShapeError if d_output has not the shape of the output.
Backward backward(const multi_head::Params& params, const Ten3& queries, const Ten3& keys,
                  const Ten3& values, const Forward& forward, const Ten3& d_output);

}  // namespace attn::multi_head_batch
