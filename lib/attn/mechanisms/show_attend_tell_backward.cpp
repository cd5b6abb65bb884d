#include "attn/mechanisms/show_attend_tell_backward.hpp"

#include <stdexcept>

#include "attn/core/complete.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/softmax.hpp"
#include "attn/core/vectors.hpp"

namespace attn::show_attend_tell {
namespace {

/// From the context to the features, and, if the look was soft, to the weights; then to the scores.
/// False where a result has not been written.
bool back_from_context(const Mat& features, const Step& forward, const Vec& d_more,
                       StepBackward& b) {
  const Mat d_context = as_row(b.d_context);
  if (forward.choice.size() == 0) {
    // forward was: context = weights features
    const pooling::Backward soft = pooling::backward(features, forward.soft, d_context);
    if (!is_complete(soft)) return false;
    b.d_features = soft.d_values;
    b.d_weights = soft.d_weights;
    b.d_scores = soft.d_scores;
  } else {
    // forward was: context = choice features, and the choice does not move
    b.d_features = matmul_tn(forward.choice, d_context);
    b.d_weights = zeros(1, rows(features));
    b.d_scores = zeros(1, rows(features));
  }
  if (d_more.size() > 0) {
    b.d_weights += as_row(d_more);
    b.d_scores += softmax_backward(forward.soft.weights, as_row(d_more));
  }
  return true;
}

StepBackward step_backward(const Params& params, const Mat& features, const State& before,
                           const Step& forward, const Vec& d_logits, const Vec& d_more,
                           const State& d_after) {
  StepBackward b;
  // forward was: output = L_o (y + L_h h + L_z z)
  b.output =
      deep_output::backward(params.output, forward.cell.h, forward.z, forward.output, d_logits);
  if (!is_complete(b.output)) return b;
  // forward was: a step of the cell on [y; z]; its h also went to the next word, and its c
  const State d_state{d_after.h.size() == 0 ? b.output.d_h : Vec(b.output.d_h + d_after.h),
                      d_after.c};
  b.cell = lstm::step_backward(params.cell, before, forward.cell, d_state);
  if (!is_complete(b.cell)) return b;
  b.d_x = matvec_tn(params.cell.W_i, b.cell.d_x_i) + matvec_tn(params.cell.W_f, b.cell.d_x_f) +
          matvec_tn(params.cell.W_o, b.cell.d_x_o) + matvec_tn(params.cell.W_g, b.cell.d_x_g);
  b.d_y = first_entries(b.d_x, forward.y.size()) + b.output.d_sum;
  const Vec d_z = last_entries(b.d_x, forward.z.size()) + b.output.d_context;
  b.d_before = b.cell.d_previous();
  // forward was: z = beta(h_{t-1}) context, or the context itself
  b.d_context = d_z;
  if (params.gate) {
    b.gate = context_gate::backward(*params.gate, before.h, forward.context, forward.gate, d_z);
    if (!is_complete(b.gate)) return b;
    b.d_context = b.gate.d_context;
    b.d_before.h += b.gate.d_h;
  }
  if (!back_from_context(features, forward, d_more, b)) return b;
  // forward was: scores of the features against h_{t-1}
  b.alignment = additive::backward(params.attention, as_row(before.h), features, forward.alignment,
                                   b.d_scores);
  if (!is_complete(b.alignment)) return b;
  b.d_before.h += row(b.alignment.d_queries, 0);
  b.complete = true;
  return b;
}

Gradients zero_gradients(const Params& params, const Mat& features) {
  Gradients sums;
  sums.d_features = zeros(rows(features), cols(features));
  sums.d_E = zeros(rows(params.E), cols(params.E));
  sums.d_W_a = zeros(rows(params.attention.W_a), cols(params.attention.W_a));
  sums.d_U_a = zeros(rows(params.attention.U_a), cols(params.attention.U_a));
  sums.d_v_a = zeros(params.attention.v_a.size());
  sums.d_L_o = zeros(rows(params.output.L_o), cols(params.output.L_o));
  sums.d_L_h = zeros(rows(params.output.L_h), cols(params.output.L_h));
  sums.d_L_z = zeros(rows(params.output.L_z), cols(params.output.L_z));
  return sums;
}

void add(Gradients& sums, const Step& forward, const StepBackward& b) {
  sums.d_features += b.d_features + b.alignment.d_keys;
  for (std::size_t d = 0; d < b.d_y.size(); ++d) sums.d_E(forward.previous, d) += b.d_y(d);
  sums.d_W_a += b.alignment.d_W_a;
  sums.d_U_a += b.alignment.d_U_a;
  sums.d_v_a += b.alignment.d_v_a;
  sums.d_L_o += b.output.d_L_o;
  sums.d_L_h += b.output.d_L_h;
  sums.d_L_z += b.output.d_L_z;
}

void expect_inputs(const Mat& features, const Caption& forward, const Mat& d_logits,
                   const Mat& d_weights) {
  if (!forward.complete) throw std::invalid_argument("the caption is not complete");
  const std::size_t T = forward.steps.size();
  expect_shape("d_logits", shape_of(d_logits), {T, forward.steps.front().output.logits.size()},
               "Ty,V", "the logits of each word");
  if (d_weights.size() == 0) return;
  expect_shape("d_weights", shape_of(d_weights), {T, rows(features)}, "Ty,Tk",
               "the weights of each word");
}

}  // namespace

Backward backward(const Params& params, const Mat& features, const Caption& forward,
                  const Mat& d_logits, const Mat& d_weights) {
  expect_inputs(features, forward, d_logits, d_weights);
  const std::size_t T = forward.steps.size();
  Backward b;
  b.steps.resize(T);
  State d_state;
  for (std::size_t t = T; t-- > 0;) {
    const Vec d_more = d_weights.size() == 0 ? Vec() : row(d_weights, t);
    b.steps[t] = step_backward(params, features, forward.before(t), forward.steps[t],
                               row(d_logits, t), d_more, d_state);
    if (!b.steps[t].complete) return b;
    d_state = b.steps[t].d_before;
  }
  // forward was: the same parameters at every word
  b.gradients = zero_gradients(params, features);
  if (params.gate) b.gate.d_w_beta = zeros(params.gate->w_beta.size());
  std::vector<Vec> inputs, states_before;
  std::vector<lstm::Forward> cells;
  std::vector<lstm::Backward> cells_backward;
  for (std::size_t t = 0; t < T; ++t) {
    add(b.gradients, forward.steps[t], b.steps[t]);
    if (params.gate) {
      b.gate.d_w_beta += b.steps[t].gate.d_w_beta;
      b.gate.d_b_beta += b.steps[t].gate.d_b_beta;
    }
    inputs.push_back(concatenated(forward.steps[t].y, forward.steps[t].z));
    states_before.push_back(forward.before(t).h);
    cells.push_back(forward.steps[t].cell);
    cells_backward.push_back(b.steps[t].cell);
  }
  b.cell =
      lstm::gradients(params.cell, stacked(inputs), stacked(states_before), cells, cells_backward);
  if (!is_complete(b.cell)) return b;
  // forward was: the first state from the mean of the features
  b.start = mean_state::backward(params.start, features, forward.start, d_state.h, d_state.c);
  if (!is_complete(b.start)) return b;
  b.gradients.d_features += b.start.d_features;
  b.complete = true;
  return b;
}

}  // namespace attn::show_attend_tell
