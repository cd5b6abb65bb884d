/// What chapters with a recurrent cell of the config's choice have in common.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "attn/io/config.hpp"
#include "attn/mechanisms/recurrent.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

using AnyCell = std::variant<rnn::Params, gru::Params, lstm::Params>;

/// options.cell, and the conventions of the GRU.
std::vector<io::FieldSpec> cell_choice_fields();

/// The parameters of a cell under `path` ("parameters.encoder"), for all kinds of cells: none is
/// required, since it depends on options.cell which are.
/// \param input, state the axes of what goes in and of the state ("dx", "dh")
/// \param whose "encoder", for the fields' meaning
std::vector<io::FieldSpec> cell_fields(const std::string& path, const std::string& input,
                                       const std::string& state, const std::string& whose);

/// The parameters of the cell that options.cell names; a bias that is not given is 0.
/// \throws io::InputError if a matrix of this cell is missing, or one of another is given.
AnyCell cell_of(const io::Config& config, const std::string& path);

/// What a chapter says of each field of a cell; the first are those of its inputs.
struct CellWords {
  std::vector<trace::Words> inputs, steps, backward, gradients;
};
CellWords words_of(const rnn::Params& params);
CellWords words_of(const gru::Params& params);
CellWords words_of(const lstm::Params& params);

}  // namespace attn::chapters
