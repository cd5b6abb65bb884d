/// Parameters of the Transformer's parts, from fixtures and from random numbers.
#pragma once

#include <string>

#include "attn/mechanisms/feed_forward.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/random.hpp"

namespace attn::test {

inline feed_forward::Activation activation_of(const std::string& name) {
  if (name == "gelu") return feed_forward::Activation::gelu;
  if (name == "gelu_tanh") return feed_forward::Activation::gelu_tanh;
  return feed_forward::Activation::relu;
}

inline feed_forward::Params random_feed_forward(std::size_t dm, std::size_t dff,
                                                std::uint64_t seed) {
  return {random_mat(dm, dff, seed), random_vec(dff, seed + 1), random_mat(dff, dm, seed + 2),
          random_vec(dm, seed + 3)};
}

}  // namespace attn::test
