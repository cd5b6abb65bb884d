/// The state in which a recurrent encoder begins: what the config gives, as PyTorch's h_0 and c_0,
/// or else 0.
#pragma once

#include <string>
#include <vector>

#include "attn/io/config.hpp"
#include "attn/mechanisms/recurrent.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

/// `path`.h_0, and for cells with a memory `path`.c_0. \param reader "the encoder"
std::vector<io::FieldSpec> encoder_start_fields(const std::string& path, const std::string& reader,
                                                bool memory);

bool has_encoder_start(const io::Config& config, const std::string& path);

/// \param zero the state of the cell that is 0
/// \throws io::InputError if c_0 is given for a cell without a memory.
recurrent::State encoder_start(const io::Config& config, const std::string& path,
                               const recurrent::State& zero);

/// The steps that show it, before the encoder's own and after those of its backward pass, with ids
/// and names under `prefix` ("encoder."). Where nothing is given, there is no step.
void show_encoder_start(const io::Config& config, const std::string& path,
                        const std::string& prefix, const recurrent::State& start,
                        trace::Builder& trace);
void show_encoder_start_gradients(const io::Config& config, const std::string& path,
                                  const std::string& prefix, const recurrent::State& d_start,
                                  trace::Builder& trace);

/// Words that say that a cell begins with zeros say what it begins with.
void say_encoder_start(const io::Config& config, const std::string& path,
                       std::vector<trace::Words>& words);

/// A vector of the config, or 0.
Vec vector_or_zeros(const io::Config& config, const std::string& path, std::size_t size);

}  // namespace attn::chapters
