/// From decoder states to attentional states: h_t -> a_t -> c_t -> h~_t. Luong, Pham, Manning,
/// arXiv:1508.04025v5, section 3.
///
/// Global attention looks at the whole sentence (section 3.1), local attention through a window
/// about a position p_t (section 3.2), which is t itself (local-m) or predicted from h_t (local-p).
///
/// Axes: Tq decoder states, Tk source positions, ds state width, dh source width, dc width of the
/// attentional states.
#pragma once

#include <optional>

#include "attn/mechanisms/attentional.hpp"
#include "attn/mechanisms/local.hpp"
#include "attn/mechanisms/luong_score.hpp"
#include "attn/mechanisms/pooling.hpp"
#include "attn/mechanisms/predictive.hpp"

namespace attn::luong_attention {

enum class Reach { global, local_m, local_p };

struct Params {
  Reach reach = Reach::global;
  luong_score::Params score;
  attentional::Params attentional;
  predictive::Params position{};  ///< local-p
  local::Options
      window{};  ///< local-m, local-p; `gaussian` is set from `reach`, as the paper has it
  bool hold_at_end = false;  ///< local-m: a p_t beyond the sentence is its last position
};

/// The results of the mechanisms in the order in which they run. One that has not run, because an
/// earlier one lacks a result, is empty.
struct Forward {
  luong_score::Forward score;
  std::optional<predictive::Forward> predicted;  // local-p
  Vec p;                                         // (Tq), local-m and local-p
  std::optional<pooling::Forward> global;
  std::optional<local::Forward> local;
  attentional::Forward attentional;

  const Mat& weights() const { return global ? global->weights : local->weights; }  // (Tq, Tk)
  const Mat& context() const { return global ? global->context : local->context; }  // (Tq, dh)
  bool complete() const;
};

struct Backward {
  attentional::Backward attentional;
  std::optional<pooling::Backward> global;
  std::optional<local::Backward> local;
  std::optional<predictive::Backward> predicted;
  luong_score::Backward score;
  Mat d_states;       // (Tq, ds): from eq. (5), from the scores, and in local-p from p_t
  Mat d_annotations;  // (Tk, dh): from the context and from the scores

  bool complete() const { return d_states.size() > 0 && d_annotations.size() > 0; }
};

/// \param first the time of the first state, counted from 0; local-m looks there
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
/// \throws std::invalid_argument for local-p with D = 0.
Forward forward(const Params& params, const Mat& states, const Mat& annotations, std::size_t first);

/// \throws ShapeError if d_attentional has not the shape of the attentional states.
Backward backward(const Params& params, const Mat& states, const Mat& annotations,
                  const Forward& forward, const Mat& d_attentional);

/// Adds what a backward pass found for the parameters to `sum`, which has the same shapes.
void add(Params& sum, const Backward& backward);

/// Parameters of the same shapes, all 0.
Params zeros_like(const Params& params);

}  // namespace attn::luong_attention
