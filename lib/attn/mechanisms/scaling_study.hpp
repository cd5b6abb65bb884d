/// Why scaled dot-product attention divides by sqrt(dk): what happens to scores, weights and
/// gradients as the vectors grow wider. Vaswani et al., arXiv:1706.03762v7, section 3.2.1 and its
/// footnote 4: for q and k with independent entries of mean 0 and variance 1, q.k has mean 0 and
/// variance dk.
/// Axes: K widths studied.
#pragma once

#include <cstdint>

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::scaling_study {

struct Config {
  std::vector<std::size_t> widths{1, 4, 16, 64, 256};  ///< each at least 1
  std::size_t keys = 8;                                ///< Tk, at least 1
  std::size_t samples = 1000;                          ///< queries for each width, at least 1
  std::uint64_t seed = 1;
};

/// For each width once with the scores as they are (raw) and once with the scores over sqrt(dk)
/// (scaled). Means are over the samples.
struct Result {
  Vec expected_spread;           // (K), sqrt(dk)
  Vec raw_spread;                // (K), standard deviation of the scores, over all samples and keys
  Vec scaled_spread;             // (K)
  double uniform_entropy = 0.0;  // of weights that are all 1/Tk
  Vec raw_entropy;      // (K), mean entropy of the weights, in nats: 0 for one key, log Tk for all
  Vec scaled_entropy;   // (K)
  Vec raw_largest;      // (K), mean of the largest weight
  Vec scaled_largest;   // (K)
  Vec raw_jacobian;     // (K), mean Frobenius norm of the softmax's Jacobian at its input
  Vec scaled_jacobian;  // (K)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"expected_spread", "K", "sqrt(dk)", "footnote 4"}, self.expected_spread);
    visit(Field{"raw_spread", "K", "std of q.k"}, self.raw_spread);
    visit(Field{"scaled_spread", "K", "std of q.k / sqrt(dk), expected 1"}, self.scaled_spread);
    visit(Field{"uniform_entropy", "", "log Tk"}, self.uniform_entropy);
    visit(Field{"raw_entropy", "K", "mean of -sum_j a_j log a_j, a = softmax(q.k)"},
          self.raw_entropy);
    visit(Field{"scaled_entropy", "K", "the same for a = softmax(q.k / sqrt(dk))"},
          self.scaled_entropy);
    visit(Field{"raw_largest", "K", "mean of max_j a_j"}, self.raw_largest);
    visit(Field{"scaled_largest", "K", "the same with scaling"}, self.scaled_largest);
    visit(Field{"raw_jacobian", "K", "mean of ||diag(a) - a a^T||_F", "section 3.2.1"},
          self.raw_jacobian);
    visit(Field{"scaled_jacobian", "K", "the same with scaling", "section 3.2.1"},
          self.scaled_jacobian);
  }
};

/// Every width starts from the same seed, so that its row does not depend on the other widths. A
/// sample draws the query's dk entries, then the keys' (Tk, dk), all standard normal.
/// \throws std::invalid_argument if a number in the config is 0, or there are no widths.
Result study(const Config& config);

/// H = -sum_j a_j log a_j in nats, where 0 log 0 = 0. Of each row of the weights.
Vec entropy(const Mat& weights);

/// ||diag(a) - a a^T||_F of each row a of the weights: how much of a gradient the softmax lets
/// through. 0 when one key has all the weight; sqrt(Tk - 1) / Tk when all have the same.
Vec jacobian_norm(const Mat& weights);

}  // namespace attn::scaling_study
