#include "attn/mechanisms/luong.hpp"

#include "attn/core/matmul.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::luong {
namespace {

/// Time step t, counted from 0. `previous` is h_{t-1}, `fed` is h~_{t-1}.
template <class Cell>
Step<Cell> time_step(const Params<Cell>& params, const Mat& annotations, const State& previous,
                     const Vec& fed, std::size_t read, std::size_t t) {
  Step<Cell> f;
  f.read = read;
  f.input = row(embedding::forward(params.E, {read}), 0);  // y_{t-1}
  if (params.input_feeding) {
    f.fed = input_feeding::forward(f.input, fed);  // [y_{t-1}; h~_{t-1}], section 3.3
    f.input = f.fed.input;
    if (!is_complete(f.fed)) return f;
  }
  f.project = project(params.cell, as_row(f.input));
  if (!is_complete(f.project)) return f;
  f.cell = step(params.cell, f.project.at(0), previous);  // h_t
  if (!is_complete(f.cell)) return f;
  f.attention = luong_attention::forward(params.attention, as_row(f.cell.h), annotations, t);
  if (!f.attention.complete()) return f;                                      // a_t, c_t, h~_t
  f.readout = readout::forward(params.readout, f.attentional());              // p(y_t), eq. (6)
  if (is_complete(f.readout)) f.word = most_likely(f.readout.probabilities);  // y_t
  return f;
}

/// dL/dinput: through every gate's W.
Vec back_to_input(const rnn::Params& params, const rnn::Backward& b) {
  return matvec_tn(params.W, b.d_x);
}
Vec back_to_input(const gru::Params& params, const gru::Backward& b) {
  return matvec_tn(params.W_z, b.d_x_z) + matvec_tn(params.W_r, b.d_x_r) +
         matvec_tn(params.W, b.d_x);
}
Vec back_to_input(const lstm::Params& params, const lstm::Backward& b) {
  return matvec_tn(params.W_i, b.d_x_i) + matvec_tn(params.W_f, b.d_x_f) +
         matvec_tn(params.W_o, b.d_x_o) + matvec_tn(params.W_g, b.d_x_g);
}

/// The gradients of the parameters: sums over time.
template <class Cell>
void sum_over_time(const Params<Cell>& params, const Forward<Cell>& forward, Backward<Cell>& b) {
  std::vector<typename recurrent::Cell<Cell>::Forward> cells;
  std::vector<typename recurrent::Cell<Cell>::Backward> cells_back;
  std::vector<Vec> inputs;
  std::vector<Vec> states_before;
  std::vector<std::size_t> read;
  std::vector<Vec> words;
  b.attention = luong_attention::zeros_like(params.attention);
  b.d_annotations = b.steps.front().attention.d_annotations;
  for (std::size_t t = 0; t < b.steps.size(); ++t) {
    const StepBackward<Cell>& back = b.steps[t];
    cells.push_back(forward.steps[t].cell);
    cells_back.push_back(back.cell);
    inputs.push_back(forward.steps[t].input);
    states_before.push_back(forward.before(t).h);
    luong_attention::add(b.attention, back.attention);
    if (t > 0) b.d_annotations += back.attention.d_annotations;
    read.push_back(forward.steps[t].read);
    words.push_back(first_entries(back.d_input, cols(params.E)));
  }
  b.d_E = embedding::backward(params.E, read, stacked(words));
  b.cell = gradients(params.cell, stacked(inputs), stacked(states_before), cells, cells_back);
  b.complete = is_complete(b.cell);
}

}  // namespace

template <class Cell>
Mat Forward<Cell>::states() const {
  std::vector<Vec> rows;
  for (const Step<Cell>& step : steps) rows.push_back(step.cell.h);
  return stacked(rows);
}

template <class Cell>
Mat Forward<Cell>::attentional() const {
  std::vector<Vec> rows;
  for (const Step<Cell>& step : steps) rows.push_back(step.attentional());
  return stacked(rows);
}

template <class Cell>
Mat Forward<Cell>::alignment() const {
  std::vector<Vec> rows;
  for (const Step<Cell>& step : steps) rows.push_back(row(step.attention.weights(), 0));
  return stacked(rows);
}

template <class Cell>
std::vector<std::size_t> Forward<Cell>::words() const {
  std::vector<std::size_t> words;
  for (const Step<Cell>& step : steps) words.push_back(step.word);
  return words;
}

template <class Cell>
Forward<Cell> decode(const Params<Cell>& params, const Mat& annotations, const State& start,
                     const Decoding& how) {
  expect_nonempty("E", shape_of(params.E), "Vy,dy");
  expect_nonempty("annotations", shape_of(annotations), "Tx,dh");
  expect_words(how, rows(params.E));
  Forward<Cell> f{start, {}};
  Vec fed = zeros(rows(params.attention.attentional.W_c));  // h~_0 = 0
  std::vector<std::size_t> words;
  while (how.goes_on(words)) {
    const std::size_t t = words.size();
    f.steps.push_back(time_step(params, annotations, f.before(t), fed, how.previous(words), t));
    if (!f.complete()) break;
    fed = f.steps.back().attentional();
    words.push_back(f.steps.back().word);
  }
  return f;
}

template <class Cell>
Backward<Cell> backward(const Params<Cell>& params, const Mat& annotations,
                        const Forward<Cell>& forward, const Mat& d_logits) {
  const std::size_t Ty = forward.steps.size();
  expect_shape("d_logits", shape_of(d_logits), {Ty, rows(params.readout.W_o)}, "Ty,Vy",
               "one row for each step");
  Backward<Cell> b;
  b.readout = readout::backward(params.readout, forward.attentional(), d_logits);
  if (!is_complete(b.readout)) return b;
  b.steps.resize(Ty);
  const auto give_up = [&](std::size_t t) {
    b.steps.erase(b.steps.begin(), b.steps.begin() + static_cast<std::ptrdiff_t>(t));
    return b;
  };
  State d_state;  // dL/dh_t from the step after
  Vec d_fed;      // dL/dh~_t from the step after
  for (std::size_t t = Ty; t-- > 0;) {
    const Step<Cell>& f = forward.steps[t];
    StepBackward<Cell>& now = b.steps[t];
    // forward was: p(y_t) from h~_t, which also went into the next step's input
    const Vec from_word = row(b.readout.d_states, t);
    now.d_attentional = d_fed.size() == 0 ? from_word : Vec(from_word + d_fed);
    // forward was: a_t, c_t, h~_t from h_t
    now.attention = luong_attention::backward(params.attention, as_row(f.cell.h), annotations,
                                              f.attention, as_row(now.d_attentional));
    if (!now.attention.complete()) return give_up(t);
    // forward was: h_t, for the attention and for the next step
    const Vec d_h = row(now.attention.d_states, 0);
    now.d_state = {d_state.h.size() == 0 ? d_h : Vec(d_h + d_state.h), d_state.c};
    now.cell = step_backward(params.cell, forward.before(t), f.cell, now.d_state);
    if (!is_complete(now.cell)) return give_up(t);
    d_state = now.cell.d_previous();
    now.d_input = back_to_input(params.cell, now.cell);
    // forward was: input = [y_{t-1}; h~_{t-1}] with input feeding
    if (!params.input_feeding) continue;
    const Vec fed = t == 0 ? zeros(now.d_attentional.size()) : forward.steps[t - 1].attentional();
    now.fed = input_feeding::backward(row(params.E, f.read), fed, f.fed, now.d_input);
    if (!is_complete(now.fed)) return give_up(t);
    d_fed = now.fed.d_fed;
  }
  b.d_start = d_state;
  sum_over_time(params, forward, b);
  return b;
}

template struct Forward<rnn::Params>;
template Forward<rnn::Params> decode(const Params<rnn::Params>&, const Mat&, const State&,
                                     const Decoding&);
template Backward<rnn::Params> backward(const Params<rnn::Params>&, const Mat&,
                                        const Forward<rnn::Params>&, const Mat&);

template struct Forward<gru::Params>;
template Forward<gru::Params> decode(const Params<gru::Params>&, const Mat&, const State&,
                                     const Decoding&);
template Backward<gru::Params> backward(const Params<gru::Params>&, const Mat&,
                                        const Forward<gru::Params>&, const Mat&);

template struct Forward<lstm::Params>;
template Forward<lstm::Params> decode(const Params<lstm::Params>&, const Mat&, const State&,
                                      const Decoding&);
template Backward<lstm::Params> backward(const Params<lstm::Params>&, const Mat&,
                                         const Forward<lstm::Params>&, const Mat&);

}  // namespace attn::luong
