/// Rotary positions: queries and keys are turned by angles that grow with their position, so that
/// the score of a query at m and a key at n depends on m - n alone. Su et al., "RoFormer",
/// arXiv:2104.09864v5, sections 3.2.2 and 3.4.2: pair i is turned by m base^(-2i/dk).
///
/// The angles are those of the sinusoidal encoding.
/// Axes: T positions, dk width of queries and keys, which is even.
#pragma once

#include "attn/core/tensor.hpp"

namespace attn::rope {

/// Which entries are a pair: interleaved (x_0, x_1), (x_2, x_3), ..., as in the paper; in halves
/// (x_i, x_{i + dk/2}), as in GPT-NeoX and Llama.
enum class Layout { interleaved, halves };

struct Rope {
  double base = 10000.0;  // greater than 0
  Layout layout = Layout::interleaved;
  double first = 0.0;  // the position of the first query and the first new key
};

/// Of the positions first, first + 1, ... (T, dk/2). \throws ShapeError if dk is odd.
Mat angles(const Rope& rope, std::size_t T, std::size_t dk);

/// Each row of X (T, dk), or of each head (H, T, dk), turned by its row of angles (at least T
/// rows).
Mat turned(const Mat& x, const Mat& angles, Layout layout);
Ten3 turned(const Ten3& x, const Mat& angles, Layout layout);

/// The way back: what came to a turned vector, turned by the same angle the other way round.
Mat turned_back(const Mat& d_turned, const Mat& angles, Layout layout);
Ten3 turned_back(const Ten3& d_turned, const Mat& angles, Layout layout);

}  // namespace attn::rope
