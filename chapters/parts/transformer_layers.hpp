/// What the layers of the Transformer are made of, as configs give it: the parameters of N layers
/// are one tensor with the axis N in front.
#pragma once

#include <string>
#include <vector>

#include "attn/io/config.hpp"
#include "attn/mechanisms/encoder.hpp"

namespace attn::chapters {

/// The names of a stack's axes.
struct StackAxes {
  std::string layers = "N";
  std::string dm = "dm";
  std::string dff = "dff";
};

/// W_q … b_o of a stack, all names with `suffix`: the decoder has two attentions in a layer.
/// \param prefix "parameters.", "parameters.encoder."
/// \param of the attention's name in a sentence: "Attention", "Cross-attention"
std::vector<io::FieldSpec> attention_fields(const std::string& prefix, const StackAxes& axes,
                                            const std::string& of = "Attention",
                                            const std::string& suffix = "");

/// gamma_NUMBER and beta_NUMBER.
/// \param of what the norm belongs to: "the attention"
std::vector<io::FieldSpec> norm_fields(const std::string& prefix, const StackAxes& axes,
                                       std::size_t number, const std::string& of);

/// W_1, b_1, W_2, b_2.
std::vector<io::FieldSpec> feed_forward_fields(const std::string& prefix, const StackAxes& axes);

/// gamma_final and beta_final, of the norm after the last layer.
std::vector<io::FieldSpec> final_norm_fields(const std::string& prefix, const StackAxes& axes);

/// All of a stack of encoder layers.
std::vector<io::FieldSpec> encoder_fields(const std::string& prefix, const StackAxes& axes = {});

/// options.heads, norm, activation, epsilon and final_norm.
std::vector<io::FieldSpec> layer_option_fields();

/// \throws io::InputError if the heads do not divide dm.
std::size_t heads_of(const io::Config& config, const StackAxes& axes = {});
NormOrder norm_order_of(const io::Config& config);

// The parameters of layer `n`, counted from 0. A bias or beta that is not given is 0, a gamma 1.
multi_head::Params attention_of(const io::Config& config, const std::string& prefix, std::size_t n,
                                const StackAxes& axes, const std::string& suffix = "");
layer_norm::Params norm_of(const io::Config& config, const std::string& prefix, std::size_t number,
                           std::size_t n, const StackAxes& axes);
feed_forward::Params feed_forward_of(const io::Config& config, const std::string& prefix,
                                     std::size_t n, const StackAxes& axes);

/// Nothing unless options.final_norm. \throws io::InputError if gamma_final or beta_final is given,
/// but options.final_norm is false.
std::optional<layer_norm::Params> final_norm_of(const io::Config& config, const std::string& prefix,
                                                const StackAxes& axes = {});

/// \throws io::InputError as those above.
encoder::Params encoder_of(const io::Config& config, const std::string& prefix,
                           const StackAxes& axes = {});

/// Numbers that a stack of encoder layers keeps for T positions.
double encoder_size(const io::Config& config, double T, const StackAxes& axes = {});

/// \param field what makes the run so large
/// \throws io::InputError if so many numbers are more than a run may keep.
void expect_room(const io::Config& config, const std::string& field, double numbers);

}  // namespace attn::chapters
