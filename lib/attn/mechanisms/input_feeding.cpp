#include "attn/mechanisms/input_feeding.hpp"

#include "attn/core/shape_error.hpp"
#include "attn/core/vectors.hpp"

namespace attn::input_feeding {

Forward forward(const Vec& word, const Vec& attentional) {
  expect_nonempty("y", shape_of(word), "dy");
  expect_nonempty("h~", shape_of(attentional), "dc");
  Forward f;
  f.input = concatenated(word, attentional);  // [y_{t-1}; h~_{t-1}], section 3.3
  return f;
}

Backward backward(const Vec& word, const Vec& attentional, const Forward& forward,
                  const Vec& d_input) {
  expect_shape("d_input", shape_of(d_input), shape_of(forward.input), "dy+dc",
               "the shape of the input");
  Backward b;
  // forward was: input = [word; attentional]
  b.d_word = first_entries(d_input, word.size());
  b.d_fed = last_entries(d_input, attentional.size());
  return b;
}

}  // namespace attn::input_feeding
