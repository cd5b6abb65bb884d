/// Which keys each query may attend to. Masks have shape (Tq, Tk); true means "attend".
///
/// PyTorch's torch.nn layers use the opposite sense (true = blocked); its functional
/// scaled_dot_product_attention, ONNX and Keras use this one.
#pragma once

#include "attn/core/tensor.hpp"

namespace attn::mask {

/// Every query sees every key.
Mask full(std::size_t Tq, std::size_t Tk);

/// Query i sees the keys j <= i + offset, so that no position sees what comes after it. Both are
/// counted from 0, also when Tq and Tk differ: without an offset the first query sees the first key
/// alone. An offset below 0 hides all keys from the first queries.
Mask causal(std::size_t Tq, std::size_t Tk, std::ptrdiff_t offset = 0);

/// The offset with which the last query sees the last key, Tk - Tq: the mask is aligned at the
/// bottom right, as FlashAttention does since its version 2.1 and PyTorch's causal_lower_right.
std::ptrdiff_t bottom_right(std::size_t Tq, std::size_t Tk);

/// How many keys query i sees, of Tk.
std::size_t causal_reach(std::size_t i, std::ptrdiff_t offset, std::size_t Tk);

/// Query i sees the first `lengths[i]` keys. `lengths` has one entry for each query, or a single
/// one for all. \throws ShapeError if it has another size, or if a length exceeds Tk.
Mask valid_lengths(const std::vector<std::size_t>& lengths, std::size_t Tq, std::size_t Tk);

/// \throws ShapeError if there is not one length for each query or one for all, or if a length
/// exceeds Tk.
void expect_lengths(const std::vector<std::size_t>& lengths, std::size_t Tq, std::size_t Tk);

/// True for the keys that both masks allow. \throws ShapeError if their shapes differ.
Mask both(const Mask& a, const Mask& b);

/// The training point's own key is hidden from it: false on the diagonal of an (n, n) mask.
Mask leave_one_out(std::size_t n);

}  // namespace attn::mask
