/// What a config of the chapter multi-head says: sequences, parameters, and how to attend.
#pragma once

#include "attn/io/config.hpp"
#include "attn/mechanisms/head_projections.hpp"

namespace attn::chapters {

const io::Schema& multi_head_schema();

/// A checked run: what attends to what. Where the config gives no keys, the queries are keys as
/// well; where it gives no values, the keys are.
struct MultiHeadInputs {
  Mat queries, keys, values;
  bool own_keys = false, own_values = false;  ///< does the config give them?
  multi_head::Params params;
  bool biased = false;  ///< does the config give any bias?
  head_projections::How how;

  std::size_t dk() const { return cols(params.W_q) / params.heads; }
  std::size_t dv() const { return cols(params.W_v) / how.key_heads; }
  std::size_t past() const { return how.positions.past(); }
  std::size_t Tk() const { return past() + rows(keys); }
  bool groups() const { return how.key_heads != params.heads; }
  /// Is it the paper's attention and nothing else?
  bool plain() const;
};

/// \throws io::InputError where heads do not divide a width, or the parts do not fit together.
MultiHeadInputs multi_head_inputs(const io::Config& config);

/// \throws io::InputError if a tensor with the scores of all heads would be too large.
void expect_room_for_scores(const io::Config& config, const MultiHeadInputs& in);

}  // namespace attn::chapters
