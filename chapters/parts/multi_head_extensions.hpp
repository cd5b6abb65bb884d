/// The steps of the chapter multi-head that belong to what models after the Transformer add: shared
/// keys, rotary positions, keys of the past, a soft cap, a bias. Where a config asks for none of
/// these, none of these functions adds anything.
#pragma once

#include <string>
#include <vector>

#include "attn/mechanisms/extended_heads.hpp"
#include "attn/mechanisms/online_heads.hpp"
#include "attn/trace/build.hpp"
#include "chapters/parts/multi_head_inputs.hpp"

namespace attn::chapters {

/// Axes and labels of key heads, of new keys and of those of the past. \param names of the new keys
void name_extended_axes(const MultiHeadInputs& in, const std::vector<std::string>& names,
                        trace::Builder& trace);

/// Between these calls, with true and then with false, tensors of the projected keys and values
/// have their axes: those of the new keys, and of the key heads.
void name_axes_of_keys(const MultiHeadInputs& in, bool begin, trace::Builder& trace);

std::string extended_inputs_prose(const MultiHeadInputs& in);
void show_past(const MultiHeadInputs& in, trace::Builder& trace);
void show_bias(const MultiHeadInputs& in, trace::Builder& trace);
void show_groups(const MultiHeadInputs& in, trace::Builder& trace);

/// The rotary steps and those of the past.
void show_positions(const MultiHeadInputs& in, const head_projections::Forward& f,
                    trace::Builder& trace);

/// What is done to the scores between the scale and the softmax.
void show_between(const MultiHeadInputs& in, const extended_heads::Forward& f, bool hides,
                  trace::Builder& trace);

/// What the steps of the backward pass have to say besides.
std::string extended_gradients_prose(const MultiHeadInputs& in);
/// Why d_b_k is 0, or why it is not.
std::string bias_of_keys_prose(const MultiHeadInputs& in);

}  // namespace attn::chapters
