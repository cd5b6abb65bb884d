/// What the tests of show_attend_tell and of its backward pass share: looks, and the loss.
#pragma once

#include <string>
#include <vector>

#include "attn/core/vectors.hpp"
#include "attn/mechanisms/doubly_stochastic.hpp"
#include "attn/mechanisms/show_attend_tell.hpp"
#include "attn/training/cross_entropy.hpp"
#include "tests/mechanisms/captioner.hpp"

namespace attn::show_attend_tell {
using namespace attn::test;

using How = Look::How;

inline const std::vector<std::size_t> target{3, 0, 6, 2};
inline const Decoding teacher{.start = 1, .stop = 2, .target = target};
inline const Look sampling{How::sample, Vec{0.9, 0.2, 0.5, 0.7}, {}};

inline double loss_of(const Caption& f) {
  double loss = 0.0;
  for (std::size_t t = 0; t < f.steps.size(); ++t) {
    loss += cross_entropy::loss(f.steps[t].output.logits, target[t]);
  }
  return loss;
}

inline Mat d_logits_of(const Caption& f) {
  std::vector<Vec> rows;
  for (std::size_t t = 0; t < f.steps.size(); ++t) {
    rows.push_back(cross_entropy::backward(f.steps[t].output.probabilities, target[t]));
  }
  return stacked(rows);
}

inline double penalty_of(const Caption& f, double lambda) {
  return doubly_stochastic::forward(f.weights(), lambda).penalty;
}

inline Mat d_weights_of(const Caption& f, double lambda) {
  const Mat weights = f.weights();
  return doubly_stochastic::backward(weights, lambda, doubly_stochastic::forward(weights, lambda))
      .d_weights;
}

inline Look look_of(const Fixture& c) {
  const std::string how = c["how"].text();
  if (how == "argmax") return {How::argmax, {}, {}};
  if (how == "sample") return {How::sample, c["draws"].vec(), {}};
  if (how == "given") {
    std::vector<std::size_t> places;
    for (const std::uint64_t place : c["places"].integers()) places.push_back(place);
    return {How::given, {}, places};
  }
  return {};
}

}  // namespace attn::show_attend_tell
