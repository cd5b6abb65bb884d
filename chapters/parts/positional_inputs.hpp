/// What a config of the chapter positional-encoding may contain, and what it says.
#pragma once

#include <optional>

#include "attn/io/config.hpp"
#include "attn/mechanisms/positions.hpp"

namespace attn::chapters {

const io::Schema& positional_schema();

struct Positional {
  bool learned = false;
  std::size_t T = 0, dm = 0;                     ///< of the table of positions
  positions::Sinusoid sinusoid;                  ///< unless learned
  double shift = 1.0;                            ///< k
  Mat P;                                         ///< (Tmax, dm), if learned
  std::optional<Mat> X;                          ///< (Tx, dm), the words
  bool projected = false;                        ///< the config has projections
  std::size_t map_positions = 0, map_width = 0;  ///< of the large map; 0: none
};

/// \throws io::InputError for an odd width, for positions beyond the learned table, and for sizes
/// that disagree.
Positional positional_of(const io::Config& config);

}  // namespace attn::chapters
