#include "attn/mechanisms/luong_attention.hpp"

#include "attn/core/complete.hpp"
#include "attn/mechanisms/mask.hpp"

namespace attn::luong_attention {
namespace {

local::Options options_of(const Params& params) {
  local::Options options = params.window;
  options.gaussian = params.reach == Reach::local_p;
  return options;
}

Vec monotonic_positions(const Params& params, std::size_t first, std::size_t Tq, std::size_t Tk) {
  return params.hold_at_end ? local::monotonic_within(first, Tq, Tk) : local::monotonic(first, Tq);
}

Mat zeros_as(const Mat& m) { return m.size() == 0 ? Mat{} : zeros(rows(m), cols(m)); }

}  // namespace

bool Forward::complete() const { return is_complete(attentional); }

Forward forward(const Params& params, const Mat& states, const Mat& annotations,
                std::size_t first) {
  Forward f;
  f.score = luong_score::forward(params.score, states, annotations);  // score(h_t, h_s)
  if (!luong_score::complete(f.score)) return f;
  const Mat& scores = luong_score::scores(f.score);
  if (params.reach == Reach::global) {
    f.global = pooling::forward(scores, annotations,
                                mask::full(rows(states), rows(annotations)));  // a_t, c_t: eq. (7)
    if (!is_complete(*f.global)) return f;
  } else {
    if (params.reach == Reach::local_m) {
      f.p = monotonic_positions(params, first, rows(states), rows(annotations));  // p_t = t
    } else {
      f.predicted = predictive::forward(params.position, states, rows(annotations));  // eq. (9)
      f.p = f.predicted->p;
      if (!is_complete(*f.predicted)) return f;
    }
    f.local = local::forward(scores, f.p, annotations, options_of(params));  // a_t, c_t: eq. (10)
    if (!is_complete(*f.local)) return f;
  }
  f.attentional = attentional::forward(params.attentional, f.context(), states);  // h~_t: eq. (5)
  return f;
}

Backward backward(const Params& params, const Mat& states, const Mat& annotations,
                  const Forward& forward, const Mat& d_attentional) {
  Backward b;
  // forward was: h~_t from the context and the state
  b.attentional = attentional::backward(params.attentional, forward.context(), states,
                                        forward.attentional, d_attentional);
  if (!is_complete(b.attentional)) return b;
  // forward was: the context from the weights, and these from the scores, and in local-p from p_t
  Mat d_scores;
  Mat d_values;
  Mat d_states = b.attentional.d_states;
  if (forward.global) {
    b.global = pooling::backward(annotations, *forward.global, b.attentional.d_context);
    if (!is_complete(*b.global)) return b;
    d_scores = b.global->d_scores;
    d_values = b.global->d_values;
  } else {
    b.local = local::backward(forward.p, annotations, options_of(params), *forward.local,
                              b.attentional.d_context);
    if (!is_complete(*b.local)) return b;
    d_scores = b.local->d_scores;
    d_values = b.local->d_annotations;
    if (forward.predicted) {
      b.predicted = predictive::backward(params.position, states, rows(annotations),
                                         *forward.predicted, b.local->d_p);
      if (!is_complete(*b.predicted)) return b;
      d_states += b.predicted->d_queries;
    }
  }
  // forward was: the scores from the state and the annotations
  b.score = luong_score::backward(params.score, states, annotations, forward.score, d_scores);
  if (!luong_score::complete(b.score)) return b;
  b.d_states = d_states + luong_score::d_states(b.score);
  const Mat* from_scores = luong_score::d_annotations(b.score);
  b.d_annotations = from_scores == nullptr ? d_values : Mat(d_values + *from_scores);
  return b;
}

void add(Params& sum, const Backward& backward) {
  luong_score::add(sum.score, backward.score);
  sum.attentional.W_c += backward.attentional.d_W_c;
  if (!backward.predicted) return;
  sum.position.W_p += backward.predicted->d_W_p;
  sum.position.v_p += backward.predicted->d_v_p;
}

Params zeros_like(const Params& params) {
  Params sum = params;
  sum.score = luong_score::zeros_like(params.score);
  sum.attentional.W_c = zeros_as(params.attentional.W_c);
  sum.position.W_p = zeros_as(params.position.W_p);
  sum.position.v_p = zeros(params.position.v_p.size());
  return sum;
}

}  // namespace attn::luong_attention
