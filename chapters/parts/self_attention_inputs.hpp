/// What the chapters self-attention and positional-encoding have in common: projections, a mask of
/// words by words, and an order of the words.
#pragma once

#include "attn/io/config.hpp"
#include "attn/mechanisms/permutation.hpp"
#include "attn/mechanisms/self_attention.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

/// parameters.W_q, W_k (dm, dk), W_v (dm, dv) and their biases.
std::vector<io::FieldSpec> projection_fields(bool required);

/// inputs.mask, inputs.d_context, options.scale, causal and valid_lens, and study.permutation, for
/// words that are called `axis` ("T").
std::vector<io::FieldSpec> self_attention_fields(const std::string& axis);

/// Without biases these are 0; without matrices, which then lack all three, each is the identity.
/// \throws io::InputError if only some of the matrices are given.
self_attention::Params projections_of(const io::Config& config);

/// How a run attends: which words see which, and the factor of the scores.
struct Attending {
  Mask mask;
  double scale = 1.0;
  permutation::Order order;  ///< for the study of what another order changes

  bool hides() const;  ///< is anything masked?
  bool moves() const;  ///< does the order move any word?
};
/// \param n how many words there are \throws io::InputError if the order is none of n words.
Attending attending_of(const io::Config& config, std::size_t n, std::size_t dk);

/// The words in that order: "w2", "w0", ... where they have no names.
std::vector<std::string> reordered(const std::vector<std::string>& words,
                                   const permutation::Order& order);

/// "2, 0, 1"
std::string joined_order(const permutation::Order& order);

/// What is said of a largest difference of things that are equal but for rounding, or need not be.
std::string equal_but_for_rounding(double difference);
std::string verdict(double difference, double largest);

/// Too large for rounding, among numbers up to `largest`.
bool differs(double difference, double largest);

/// The largest absolute value, to compare differences with.
double size_of(const Mat& m);

}  // namespace attn::chapters
