/// The decoder that looks at an image while it writes the caption. Xu et al., "Show, Attend and
/// Tell", arXiv:1502.03044v3, section 3.1.2: an LSTM that at each word attends to the features of
/// the image's locations, softly (to their mean) or hard (to one of them).
///
/// In the order of a word: the word before is embedded; each location is scored against the state
/// before the word, equation (4), by the additive score; the weights, equation (5), give the
/// context, equation (6); the gate beta of section 4.2.1 lets part of it through; the LSTM makes a
/// step, equations (1) to (3); and the deep output layer, equation (7), gives the next word.
///
/// Axes: Tk locations (the paper's L), dv feature width (D), dy embedding width (m), dh state width
/// (n), da hidden width of the score, V words (K), Ty words of the caption.
#pragma once

#include <optional>

#include "attn/mechanisms/additive.hpp"
#include "attn/mechanisms/context_gate.hpp"
#include "attn/mechanisms/decoding.hpp"
#include "attn/mechanisms/deep_output.hpp"
#include "attn/mechanisms/hard_argmax.hpp"
#include "attn/mechanisms/hard_sample.hpp"
#include "attn/mechanisms/lstm.hpp"
#include "attn/mechanisms/mean_state.hpp"
#include "attn/mechanisms/pooling.hpp"

namespace attn::show_attend_tell {

using recurrent::State;

struct Params {
  Mat E;                                     // (V, dy), row w is the embedding of word w
  mean_state::Params start;                  // W_h, W_c (dh, dv), b_h, b_c (dh)
  additive::Params attention;                // W_a (da, dh), U_a (da, dv), v_a (da)
  std::optional<context_gate::Params> gate;  // w_beta (dh), b_beta; none: all of the context
  lstm::Params cell;                         // W (dh, dy+dv), U (dh, dh), b (dh) for each gate
  deep_output::Params output;                // L_o (V, dy), L_h (dy, dh), L_z (dy, dv)
};

/// How the context is made of the features and the weights: phi in equation (6).
struct Look {
  enum class How {
    soft,    ///< the weighted mean, equation (13)
    argmax,  ///< the feature of the location with the largest weight
    sample,  ///< the feature of a location drawn with these weights, equations (8) and (9)
    given,   ///< the feature of the location that is given
  };
  How how = How::soft;
  Vec draws{};                           ///< sample: a number in [0, 1) for each word
  std::vector<std::size_t> locations{};  ///< given: one for each word
};

/// What happens at one word.
struct Step {
  std::size_t previous = 0;     // the word before
  Vec y;                        // (dy), E y_{t-1}
  additive::Forward alignment;  // scores (1, Tk)
  pooling::Forward soft;        // weights (1, Tk), and the context of soft attention (1, dv)
  hard_argmax::Forward argmax;  // as Look says, else empty
  hard_sample::Forward sample;  // as Look says, else empty
  Mat choice;                   // (1, Tk), where a hard look goes; empty for a soft one
  Vec context;                  // (dv), as Look says
  context_gate::Forward gate;   // empty without a gate
  Vec z;                        // (dv), what is let through of the context
  lstm::Inputs inputs;          // W [E y_{t-1}; z_t] + b for each gate of the cell
  lstm::Forward cell;
  deep_output::Forward output;
  bool complete = false;  // no part lacks a result
};

struct Caption {
  mean_state::Forward start;
  std::vector<Step> steps;
  std::vector<std::size_t>
      words;              // that the steps gave: the most likely ones (of several the first)
  bool complete = false;  // no step lacks a result

  State before(std::size_t t) const;
  Mat weights() const;  ///< (Ty, Tk)
};

/// \throws ShapeError if the parameters do not fit the features, or each other.
void expect_inputs(const Params& params, const Mat& features);

/// One word. Where a result has not been written, as in an exercise, it ends there.
/// \param features (Tk, dv). \param previous the word before, a row of E.
/// \param word its number in the caption, from 0, for Look.
Step step(const Params& params, const Mat& features, const State& before, std::size_t previous,
          const Look& look, std::size_t word);

/// One step after the other, as `how` leads from word to word.
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
/// \throws std::invalid_argument for a word, a draw or a location that does not exist.
Caption forward(const Params& params, const Mat& features, const Decoding& how, const Look& look);

}  // namespace attn::show_attend_tell
