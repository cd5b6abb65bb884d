/// Where a word stands, as a vector that is added to the word's own: sinusoids, which are computed,
/// or a table that is learned. Vaswani et al., "Attention Is All You Need", arXiv:1706.03762v7,
/// section 3.5.
/// Axes: T positions, counted from 0, dm width of the model, Tmax positions of a learned table.
///
/// PE(p) is a row of the table here, and a column in R_k PE(p). dm must be even: sines and cosines
/// come in pairs.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::positions {

/// Where pair i stands: interleaved in columns 2i and 2i + 1, as in the paper; in halves in columns
/// i and dm/2 + i, all sines before all cosines, as in Tensor2Tensor.
enum class Layout { interleaved, halves };

struct Sinusoid {
  double base = 10000.0;  ///< greater than 0
  Layout layout = Layout::interleaved;
};

struct Forward {
  Vec frequencies;  // (dm/2)
  Mat angles;       // (T, dm/2)
  Mat encoding;     // (T, dm), row p is PE(p)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"frequencies", "dm/2", "w_i = base^(-2i/dm)", "section 3.5"}, self.frequencies);
    visit(Field{"angles", "T,dm/2", "p w_i", "section 3.5"}, self.angles);
    visit(Field{"encoding", "T,dm", "PE(p, 2i) = sin(p w_i),  PE(p, 2i+1) = cos(p w_i)",
                "section 3.5", Kind::wave},
          self.encoding);
  }
};

/// first, first + 1, ..., of T positions.
Vec from(double first, std::size_t T);

/// \param at the positions (T), in any order, negative as well
/// \throws ShapeError if dm is odd or 0, or no position is given.
/// \throws std::invalid_argument if the base is not greater than 0.
Forward forward(const Vec& at, std::size_t dm, const Sinusoid& sinusoid = {});

/// The encoding of the positions 0 to T - 1 (T, dm).
Mat sinusoidal(std::size_t T, std::size_t dm, const Sinusoid& sinusoid = {});

/// From position p to p + k, by one matrix for all p.
struct Shift {
  Mat R;      // (dm, dm)
  Mat moved;  // (T, dm), row p is PE(p + k)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"R", "dm,dm", "R_k turns each pair by k w_i: PE(p+k) = R_k PE(p)", "section 3.5"},
          self.R);
    visit(Field{"moved", "T,dm", "PE R_k^T: row p is R_k PE(p)", "", Kind::wave}, self.moved);
  }
};

/// \param k may be negative: then it moves back
/// \param sinusoids what is moved, of the same kind
Shift shift(double k, const Forward& sinusoids, const Sinusoid& sinusoid = {});

/// R_k alone (dm, dm). It stands on the left of a column: PE(p+k) = R_k PE(p). With positions as
/// rows, on the right and transposed: PE R_k^T. \throws ShapeError if dm is odd or 0.
Mat rotation(double k, std::size_t dm, const Sinusoid& sinusoid = {});

/// The first T rows of a learned table P (Tmax, dm).
/// \throws std::out_of_range naming the position and the table if T is more than Tmax.
Mat learned(const Mat& P, std::size_t T);

struct LearnedBackward {
  Mat d_P;  // (Tmax, dm)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_P", "Tmax,dm", "dP[p] = d_encoding[p], 0 for positions that were not read"},
          self.d_P);
  }
};

/// \param d_encoding (T, dm). \throws ShapeError if it is wider or longer than P, or empty.
LearnedBackward learned_backward(const Mat& P, const Mat& d_encoding);

}  // namespace attn::positions
