#include "attn/mechanisms/show_attend_tell.hpp"

#include <stdexcept>
#include <string>

#include "attn/core/complete.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/vectors.hpp"
#include "attn/mechanisms/mask.hpp"

namespace attn::show_attend_tell {
namespace {

void expect_index(const std::string& what, std::size_t index, std::size_t count) {
  if (index < count) return;
  throw std::invalid_argument("there is no " + what + " " + std::to_string(index) + ", only " +
                              std::to_string(count));
}

Mat one_hot_row(std::size_t index, std::size_t n) {
  Mat row = zeros(1, n);
  row(0, index) = 1.0;
  return row;
}

/// Fills what a look is made of. False where a result has not been written.
bool look_at(const Look& look, const Mat& features, std::size_t word, Step& s) {
  using How = Look::How;
  if (look.how == How::argmax) {
    s.argmax = hard_argmax::forward(s.soft.weights, features);
    if (!is_complete(s.argmax)) return false;
    s.choice = s.argmax.choice;
  }
  if (look.how == How::sample) {
    expect_index("draw", word, look.draws.size());
    s.sample = hard_sample::forward(s.soft.weights, features, Vec{look.draws(word)});
    if (!is_complete(s.sample)) return false;
    s.choice = s.sample.choice;
  }
  if (look.how == How::given) {
    expect_index("location for word", word, look.locations.size());
    expect_index("location", look.locations[word], rows(features));
    s.choice = one_hot_row(look.locations[word], rows(features));
  }
  switch (look.how) {
    case How::soft:
      s.context = row(s.soft.context, 0);
      break;
    case How::argmax:
      s.context = row(s.argmax.context, 0);
      break;
    case How::sample:
      s.context = row(s.sample.context, 0);
      break;
    case How::given:
      s.context = row(features, look.locations[word]);
      break;
  }
  return true;
}

}  // namespace

State Caption::before(std::size_t t) const {
  return t == 0 ? State{start.h_0, start.c_0} : steps[t - 1].cell.state();
}

Mat Caption::weights() const {
  std::vector<Vec> all;
  for (const Step& s : steps) all.push_back(row(s.soft.weights, 0));
  return stacked(all);
}

void expect_inputs(const Params& params, const Mat& features) {
  expect_nonempty("features", shape_of(features), "Tk,dv");
  expect_nonempty("E", shape_of(params.E), "V,dy");
  const std::size_t dh = rows(params.start.W_h);
  const std::size_t dy = cols(params.E);
  expect_shape("L_o", shape_of(params.output.L_o), {rows(params.E), dy}, "V,dy", "the shape of E");
  expect_shape("U_i", shape_of(params.cell.U_i), {dh, dh}, "dh,dh",
               "the cell starts from a state as long as W_h has rows");
  expect_shape("W_i", shape_of(params.cell.W_i), {dh, dy + cols(features)}, "dh,dy+dv",
               "the cell reads an embedding and a context");
}

Step step(const Params& params, const Mat& features, const State& before, std::size_t previous,
          const Look& look, std::size_t word) {
  expect_index("word", previous, rows(params.E));
  Step s;
  s.previous = previous;
  s.y = row(params.E, previous);                                                  // E y_{t-1}
  s.alignment = additive::forward(params.attention, as_row(before.h), features);  // eq. (4)
  if (!is_complete(s.alignment)) return s;
  s.soft = pooling::forward(s.alignment.scores, features,
                            mask::full(1, rows(features)));  // eq. (5), eq. (13)
  if (!is_complete(s.soft)) return s;
  if (!look_at(look, features, word, s)) return s;  // eq. (6)
  s.z = s.context;
  if (params.gate) {
    s.gate = context_gate::forward(*params.gate, before.h, s.context);  // section 4.2.1
    if (!is_complete(s.gate)) return s;
    s.z = s.gate.gated;
  }
  const lstm::Projected projected = lstm::project(params.cell, as_row(concatenated(s.y, s.z)));
  if (!is_complete(projected)) return s;
  s.inputs = projected.at(0);
  s.cell = lstm::step(params.cell, s.inputs, before);  // eq. (1), eq. (2), eq. (3)
  if (!is_complete(s.cell)) return s;
  s.output = deep_output::forward(params.output, s.y, s.cell.h, s.z);  // eq. (7)
  s.complete = is_complete(s.output);
  return s;
}

Caption forward(const Params& params, const Mat& features, const Decoding& how, const Look& look) {
  expect_inputs(params, features);
  expect_words(how, rows(params.E));
  Caption f;
  f.start = mean_state::forward(params.start, features);
  if (!is_complete(f.start)) return f;
  while (how.goes_on(f.words)) {
    const std::size_t t = f.words.size();
    f.steps.push_back(step(params, features, f.before(t), how.previous(f.words), look, t));
    if (!f.steps.back().complete) return f;
    f.words.push_back(most_likely(f.steps.back().output.probabilities));
  }
  f.complete = true;
  return f;
}

}  // namespace attn::show_attend_tell
