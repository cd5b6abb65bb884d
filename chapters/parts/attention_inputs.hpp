/// What chapters on attention have in common: names for queries and keys, masks, and where the
/// backward pass starts.
#pragma once

#include <optional>

#include "attn/io/config.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

io::FieldSpec queries_tokens_field();  ///< tokens.queries, one for each Tq
io::FieldSpec keys_tokens_field();     ///< tokens.keys, one for each Tk
io::FieldSpec mask_field();            ///< inputs.mask (Tq, Tk)
io::FieldSpec d_context_field();       ///< inputs.d_context (Tq, dv)
io::FieldSpec scale_field();           ///< options.scale: sqrt_dk, none or a number
io::FieldSpec causal_field();          ///< options.causal: a flag, bottom_right or {offset: n}
io::FieldSpec valid_lens_field();      ///< options.valid_lens

/// The n of options.causal: query i sees the keys j <= i + n, both counted from 0. Nothing where
/// the order is not causal. \param past how many of the keys belong to positions before the first
/// query
std::optional<std::ptrdiff_t> causal_offset(const io::Config& config, std::size_t Tq,
                                            std::size_t Tk, std::size_t past = 0);

/// The keys that the mask, causal order and valid lengths all allow.
Mask mask_of(const io::Config& config);
Mask mask_of(const io::Config& config, std::size_t Tq, std::size_t Tk, std::size_t past = 0);

/// The number that options.scale stands for.
double scale_of(const io::Config& config, std::size_t dk);

/// tokens.keys, if the config has them.
std::vector<std::string> names_of_keys(const io::Config& config);

/// Labels the axes Tq and Tk with the tokens of the config, if it has any.
void label_tokens(const io::Config& config, trace::Builder& trace);

/// The step that shows the mask.
void show_mask(const Mask& mask, trace::Builder& trace);

/// The step from which the backward pass starts: dL/dcontext as the config gives it, or all ones.
Mat show_d_context(const io::Config& config, trace::Builder& trace);

}  // namespace attn::chapters
