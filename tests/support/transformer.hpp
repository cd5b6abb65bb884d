/// Parameters of the Transformer's parts, from fixtures and from random numbers.
#pragma once

#include <string>

#include "attn/mechanisms/encoder_block.hpp"
#include "tests/support/close.hpp"
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

inline multi_head::Params random_self_heads(std::size_t heads, std::size_t dm, std::uint64_t seed) {
  return {heads,
          random_mat(dm, dm, seed),
          random_vec(dm, seed + 1),
          random_mat(dm, dm, seed + 2),
          random_vec(dm, seed + 3),
          random_mat(dm, dm, seed + 4),
          random_vec(dm, seed + 5),
          random_mat(dm, dm, seed + 6),
          random_vec(dm, seed + 7)};
}

inline layer_norm::Params random_norm(std::size_t dm, std::uint64_t seed) {
  return {random_vec(dm, seed), random_vec(dm, seed + 1)};
}

inline encoder_block::Params random_encoder_block(std::size_t heads, std::size_t dm,
                                                  std::size_t dff, NormOrder order,
                                                  std::uint64_t seed) {
  return {random_self_heads(heads, dm, seed), random_norm(dm, seed + 10),
          random_feed_forward(dm, dff, seed + 20), random_norm(dm, seed + 30), order};
}

inline encoder_block::Params encoder_block_params(const Fixture& c) {
  const Fixture& p = c["parameters"];
  const auto mat = [&](const char* name) { return p[name].mat(); };
  const auto vec = [&](const char* name) { return p[name].vec(); };
  const double epsilon = c["epsilon"].number();
  return {{c["heads"].integer(), mat("W_q"), vec("b_q"), mat("W_k"), vec("b_k"), mat("W_v"),
           vec("b_v"), mat("W_o"), vec("b_o")},
          {vec("gamma_1"), vec("beta_1"), epsilon},
          {mat("W_1"), vec("b_1"), mat("W_2"), vec("b_2"), activation_of(c["activation"].text())},
          {vec("gamma_2"), vec("beta_2"), epsilon},
          c["norm"].text() == "pre" ? NormOrder::pre : NormOrder::post};
}

/// Every field of a result against the fixture's entry of that name with a prefix.
template <class Result>
Agreement fields_close(const Result& result, const Fixture& expected, const std::string& prefix,
                       double tolerance) {
  Agreement agreement;
  Result::each(result, [&](const Field& field, const auto& value) {
    if (!agreement) return;
    using Value = std::remove_cvref_t<decltype(value)>;
    const std::string name = prefix + std::string(field.name);
    agreement = close(value, expected[name].template as<Value>(), tolerance);
    if (!agreement) agreement.message = name + ": " + agreement.message;
  });
  return agreement;
}

}  // namespace attn::test
