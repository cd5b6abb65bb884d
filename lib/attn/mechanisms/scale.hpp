/// The factor by which the Transformer multiplies its scores. Vaswani et al., "Attention Is All You
/// Need", arXiv:1706.03762v7, section 3.2.1, equation (1).
#pragma once

#include <cstddef>

namespace attn::scale {

/// 1 / sqrt(dk), for queries and keys of width dk. A dot product of dk independent terms of
/// variance 1 has the standard deviation sqrt(dk), footnote 4.
double sqrt_dk(std::size_t dk);

}  // namespace attn::scale
