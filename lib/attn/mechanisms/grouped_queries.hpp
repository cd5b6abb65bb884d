/// Fewer heads of keys and values than of queries: consecutive query heads share one. Ainslie et
/// al., "GQA", arXiv:2305.13245v3, section 2.2; with a single key head it is multi-query attention,
/// Shazeer, arXiv:1911.02150v1, with as many as query heads it is multi-head attention.
/// Axes: H query heads, G key heads; T, d any.
#pragma once

#include "attn/core/tensor.hpp"

namespace attn::grouped_queries {

/// The key head that query head h reads, floor(h / (H / G)).
/// \throws ShapeError if G does not divide H.
std::size_t group_of(std::size_t h, std::size_t H, std::size_t G);

/// group_of each query head (H).
Vec groups(std::size_t H, std::size_t G);

/// What came to the key heads as each query head saw them (H, T, d), added up over the heads that
/// share one (G, T, d).
Ten3 sum_over_groups(const Ten3& d_heads, std::size_t G);

}  // namespace attn::grouped_queries
