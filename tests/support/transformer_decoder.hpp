/// Parameters of the Transformer's decoder and of all of it, from fixtures and from random numbers.
#pragma once

#include <string>

#include "attn/mechanisms/transformer.hpp"
#include "tests/support/transformer.hpp"

namespace attn::test {

/// A fixture's map of tensors by name, below a prefix.
class Named {
 public:
  Named(const Fixture& all, std::string prefix) : all_(all), prefix_(std::move(prefix)) {}
  Mat mat(const std::string& name) const { return all_[prefix_ + name].mat(); }
  Vec vec(const std::string& name) const { return all_[prefix_ + name].vec(); }
  Ten3 ten3(const std::string& name) const { return all_[prefix_ + name].ten3(); }
  bool has(const std::string& name) const { return all_.has(prefix_ + name); }
  Named below(const std::string& more) const { return {all_, prefix_ + more}; }

 private:
  Fixture all_;
  std::string prefix_;
};

/// What all layers of a fixture's case have in common.
struct Conventions {
  std::size_t heads = 1;
  NormOrder order = NormOrder::post;
  feed_forward::Activation activation = feed_forward::Activation::relu;
  double epsilon = 1e-5;
};

inline Conventions conventions_of(const Fixture& c) {
  return {c["heads"].integer(), c["norm"].text() == "pre" ? NormOrder::pre : NormOrder::post,
          activation_of(c["activation"].text()), c["epsilon"].number()};
}

inline multi_head::Params heads_of(const Named& p, std::size_t heads) {
  return {heads,        p.mat("W_q"), p.vec("b_q"), p.mat("W_k"), p.vec("b_k"),
          p.mat("W_v"), p.vec("b_v"), p.mat("W_o"), p.vec("b_o")};
}

inline layer_norm::Params norm_of(const Named& p, const std::string& number, double epsilon) {
  return {p.vec("gamma" + number), p.vec("beta" + number), epsilon};
}

inline feed_forward::Params feed_forward_of(const Named& p, feed_forward::Activation activation) {
  return {p.mat("W_1"), p.vec("b_1"), p.mat("W_2"), p.vec("b_2"), activation};
}

inline encoder_block::Params encoder_layer_of(const Named& p, const Conventions& how) {
  return {heads_of(p, how.heads), norm_of(p, "_1", how.epsilon), feed_forward_of(p, how.activation),
          norm_of(p, "_2", how.epsilon), how.order};
}

inline decoder_block::Params decoder_layer_of(const Named& p, const Conventions& how) {
  return {heads_of(p.below("self."), how.heads),
          norm_of(p, "_1", how.epsilon),
          heads_of(p.below("cross."), how.heads),
          norm_of(p, "_2", how.epsilon),
          feed_forward_of(p, how.activation),
          norm_of(p, "_3", how.epsilon),
          how.order};
}

inline transformer::Params transformer_of(const Fixture& c) {
  const Named p(c["parameters"], "");
  const Conventions how = conventions_of(c);
  transformer::Params params;
  params.E_source = p.mat("source.E");
  params.P_source = p.mat("source.P");
  params.E_target = p.mat("target.E");
  params.P_target = p.mat("target.P");
  for (std::size_t n = 1; n <= c["layers"][0].integer(); ++n) {
    params.encoder.layers.push_back(
        encoder_layer_of(p.below("encoder." + std::to_string(n) + "."), how));
  }
  for (std::size_t n = 1; n <= c["layers"][1].integer(); ++n) {
    params.decoder.layers.push_back(
        decoder_layer_of(p.below("decoder." + std::to_string(n) + "."), how));
  }
  if (c["last_norms"].flag()) {
    params.encoder.last_norm = norm_of(p.below("encoder_norm."), "", how.epsilon);
    params.decoder.last_norm = norm_of(p.below("decoder_norm."), "", how.epsilon);
  }
  params.output = {p.mat("output.W"), p.vec("output.b")};
  return params;
}

inline decoder_block::Params random_decoder_layer(std::size_t dm, std::size_t dff,
                                                  std::size_t heads, NormOrder order,
                                                  std::uint64_t seed) {
  return {random_self_heads(heads, dm, seed),
          random_norm(dm, seed + 10),
          random_self_heads(heads, dm, seed + 20),
          random_norm(dm, seed + 30),
          random_feed_forward(dm, dff, seed + 40),
          random_norm(dm, seed + 50),
          order};
}

/// Vx = 7, Vy = 5, dm = 4, dff = 6, 2 heads; 2 and 3 layers.
inline transformer::Params random_transformer(NormOrder order, std::uint64_t seed) {
  transformer::Params p;
  p.E_source = random_mat(7, 4, seed);
  p.P_source = random_mat(6, 4, seed + 1);
  p.E_target = random_mat(5, 4, seed + 2);
  p.P_target = random_mat(8, 4, seed + 3);
  for (std::uint64_t n = 0; n < 2; ++n) {
    p.encoder.layers.push_back(random_encoder_block(2, 4, 6, order, seed + 100 * n + 100));
  }
  for (std::uint64_t n = 0; n < 3; ++n) {
    p.decoder.layers.push_back(random_decoder_layer(4, 6, 2, order, seed + 100 * n + 400));
  }
  if (order == NormOrder::pre) {
    p.encoder.last_norm = random_norm(4, seed + 10);
    p.decoder.last_norm = random_norm(4, seed + 20);
  }
  p.output = {random_mat(4, 5, seed + 4), random_vec(5, seed + 5)};
  return p;
}

}  // namespace attn::test
