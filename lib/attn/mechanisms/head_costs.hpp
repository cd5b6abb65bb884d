/// What several heads cost beside one. Vaswani et al., "Attention Is All You Need",
/// arXiv:1706.03762v7, section 3.2.2: "Due to the reduced dimension of each head, the total
/// computational cost is similar to that of single-head attention with full dimensionality."
///
/// Nothing is put into a formula: the products are gone through entry by entry, and what each takes
/// is added up.
#pragma once

#include <string>
#include <vector>

#include "attn/core/tensor.hpp"

namespace attn::head_costs {

/// The shapes of an attention: Tq queries, Tk keys, widths as in multi_head.hpp.
struct Shapes {
  std::size_t Tq = 1, Tk = 1, heads = 1, dk = 1, dv = 1;
  std::size_t dq = 1, dx_k = 1, dx_v = 1, dm = 1;
  std::size_t past = 0;       // so many of the Tk keys and values were projected before
  std::size_t key_heads = 0;  // heads of keys and values, if they are fewer; 0: as many as heads
};

/// The same where no heads share keys and values.
Shapes keys_for_each_head(const Shapes& shapes);

/// One head that is as wide as these together.
Shapes one_wide_head(const Shapes& shapes);

/// As many heads, each as wide as these together: what it would cost not to split.
Shapes wide_heads(const Shapes& shapes);

/// The parts of the cost, in the order of `Count::of`.
const std::vector<std::string>& parts();

/// What was counted.
struct Count {
  Vec multiplications;        // of q, k, v, q k^T, weights times v, W_o; and of all together
  double exponentials = 0.0;  // of the softmax: one for each score
};

Count count(const Shapes& shapes);

}  // namespace attn::head_costs
