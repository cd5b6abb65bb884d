#include "attn/mechanisms/score_bias.hpp"

#include "attn/core/shape_error.hpp"

namespace attn::score_bias {

Mat forward(const Mat& scores, const Mat& bias) {
  expect_shape("bias", shape_of(bias), shape_of(scores), "Tq,Tk", "one entry for each score");
  return scores + bias;
}

}  // namespace attn::score_bias
