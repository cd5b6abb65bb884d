/// What goes into the Transformer's first layer, as configs give it: words or vectors, and where
/// they stand.
#pragma once

#include <string>
#include <vector>

#include "attn/io/config.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

/// options.positions: sinusoidal, learned or none.
io::FieldSpec positions_field();

/// The table P (Tmax, dm) of learned positions.
/// \param path "parameters.P" \param axes "Tmax,dm"
io::FieldSpec learned_positions_field(const std::string& path, const std::string& axes,
                                      const std::string& of = "");

/// The vectors of the positions 0 to T - 1 (T, dm); zeros for none.
/// \param P the path of the learned table \param counted the field whose entries are the positions
/// \throws io::InputError if dm is odd but the positions are sinusoids, if the table is missing, or
/// too short, or given though it is not used.
Mat positions_of(const io::Config& config, const std::string& P, std::size_t T, std::size_t dm,
                 const std::string& counted);

/// What is said of the positions, by options.positions.
std::string positions_prose(const io::Config& config);

}  // namespace attn::chapters
