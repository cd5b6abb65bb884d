/// Words as vectors: word w of the vocabulary is row w of a table.
/// Axes: V words of the vocabulary, T words of a sentence, d width.
#pragma once

#include <vector>

#include "attn/core/tensor.hpp"

namespace attn::embedding {

/// x_t = E[words_t] (T, d), with E (V, d). \throws ShapeError if the vocabulary is empty.
/// \throws std::out_of_range if there is no such word.
Mat forward(const Mat& E, const std::vector<std::size_t>& words);

/// dL/dE (V, d) from dL/dx (T, d): each row of E gets what its words got.
/// \throws ShapeError if d_x has not one row for each word.
Mat backward(const Mat& E, const std::vector<std::size_t>& words, const Mat& d_x);

}  // namespace attn::embedding
