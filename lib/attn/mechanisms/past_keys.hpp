/// Keys and values of positions before these, which were computed earlier and are kept: the new
/// ones stand behind them. Shazeer, "Fast Transformer Decoding", arXiv:1911.02150v1, section 2.4,
/// keeps them for each step of a decoder; ONNX's Attention calls them past_key and past_value.
/// Axes: Tp positions of the past, Tn new ones, Tk = Tp + Tn; d width; G heads of keys.
#pragma once

#include "attn/core/tensor.hpp"

namespace attn::past_keys {

/// The rows of the past, then the new ones: (Tp, d) and (Tn, d), or in each head (G, Tp, d) and
/// (G, Tn, d). \throws ShapeError if heads or widths differ.
Mat joined(const Mat& past, const Mat& added);
Ten3 joined(const Ten3& past, const Ten3& added);

/// The rows from `first` on, n of them: the way back for either part.
Mat part(const Mat& all, std::size_t first, std::size_t n);
Ten3 part(const Ten3& all, std::size_t first, std::size_t n);

}  // namespace attn::past_keys
