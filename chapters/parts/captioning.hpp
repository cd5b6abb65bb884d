/// What the chapter soft-hard reads from its config: an image as a grid of features, a vocabulary,
/// a decoder.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "attn/core/random.hpp"
#include "attn/io/config.hpp"
#include "attn/mechanisms/show_attend_tell.hpp"

namespace attn::chapters::captioning {

const io::Schema& schema();

struct Inputs {
  Mat features;  // (L, dv), the grid row by row
  std::size_t grid_rows, grid_columns;
  std::vector<std::string> locations;   ///< "1,2" is row 1, column 2
  std::vector<std::string> vocabulary;  ///< words
  show_attend_tell::Params params;
  Decoding decoding;
  show_attend_tell::Look look;
  bool has_seed = false;  ///< so that locations can be drawn
  Vec draws;              ///< with a seed: a number for each word that there may be
  double lambda = 0.0;

  const std::string& word(std::size_t number) const { return vocabulary[number]; }

  /// What the loss compares the decoder's words with: the target, or else those that were chosen.
  const std::vector<std::size_t>& wanted(const std::vector<std::size_t>& chosen) const {
    return decoding.forced() ? decoding.target : chosen;
  }
};

/// A number that overflowed is not one that a step has yet to compute.
/// \throws io::InputError if a number is larger than that, or none.
void expect_no_overflow(const io::Config& config, const Vec& numbers,
                        double largest = std::numeric_limits<double>::max());

/// How many multiplications a word takes, about.
double cost_of_a_word(const Inputs& in);

/// \throws io::InputError for what only the chapter can see to be wrong, and for what would take
/// too much time or memory.
Inputs inputs_of(const io::Config& config);

}  // namespace attn::chapters::captioning
