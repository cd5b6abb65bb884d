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
/// \param whose "encoder", for the fields' meaning
struct CellAxes {
  std::string input;      ///< of what goes in: "dx"
  std::string state;      ///< "dh"
  std::string context{};  ///< of a context that enters each step through matrices C, if any
};
std::vector<io::FieldSpec> cell_fields(const std::string& path, const CellAxes& axes,
                                       const std::string& whose);

/// The parameters of the cell that options.cell names; a bias that is not given is 0. Where the
/// config gives the matrices C of a context, they stand to the right of W: [W C] [x; c] is
/// W x + C c.
/// \throws io::InputError if a matrix of this cell is missing, or one of another is given.
AnyCell cell_of(const io::Config& config, const std::string& path);

/// Does the config give matrices C for a context?
bool has_context(const io::Config& config, const std::string& path);

/// What a chapter says of the fields of a cell: of its inputs, and of its steps.
struct CellWords {
  std::vector<trace::Words> inputs, steps;
};
CellWords words_of(const rnn::Params& params);
CellWords words_of(const gru::Params& params);
CellWords words_of(const lstm::Params& params);

/// The same without prose, for the second time and all that follow.
std::vector<trace::Words> briefly(std::vector<trace::Words> words);

}  // namespace attn::chapters
