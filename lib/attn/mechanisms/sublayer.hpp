/// What the Transformer puts around each of its sublayers: a residual connection and layer
/// normalisation. Vaswani et al., arXiv:1706.03762v7, section 3.1: LayerNorm(x + Sublayer(x)).
///
/// Pre-norm, x + Sublayer(LayerNorm(x)), normalises what goes into the sublayer and leaves the way
/// around it alone (Xiong et al., "On Layer Normalization in the Transformer Architecture",
/// arXiv:2002.04745).
#pragma once

#include <functional>

#include "attn/core/complete.hpp"
#include "attn/core/tensor.hpp"
#include "attn/mechanisms/layer_norm.hpp"
#include "attn/mechanisms/residual.hpp"

namespace attn {

enum class NormOrder { post, pre };

namespace sublayer {

/// \tparam Inner the result of the sublayer itself
template <class Inner>
struct Forward {
  NormOrder order = NormOrder::post;
  layer_norm::Forward norm;
  Inner inner;
  residual::Forward add;

  const Mat& output() const { return order == NormOrder::post ? norm.y : add.sum; }
  bool complete() const { return is_written(output()); }
};

/// \param x (T, dm)
/// \param run the sublayer: from what goes in (T, dm) to its result
/// \param output_of the field of its result that is added to x (T, dm)
/// What has not been written, as in an exercise, is empty, and so is what follows.
template <class Run, class OutputOf>
auto forward(NormOrder order, const layer_norm::Params& norm, const Mat& x, Run&& run,
             OutputOf&& output_of) {
  Forward<decltype(run(x))> f;
  f.order = order;
  if (order == NormOrder::post) {  // LayerNorm(x + Sublayer(x))
    f.inner = run(x);
    if (!is_complete(f.inner)) return f;
    f.add = residual::forward(x, std::invoke(output_of, f.inner));
    if (!is_complete(f.add)) return f;
    f.norm = layer_norm::forward(norm, f.add.sum);
  } else {  // x + Sublayer(LayerNorm(x))
    f.norm = layer_norm::forward(norm, x);
    if (!is_complete(f.norm)) return f;
    f.inner = run(f.norm.y);
    if (!is_complete(f.inner)) return f;
    f.add = residual::forward(x, std::invoke(output_of, f.inner));
  }
  return f;
}

template <class Inner>
struct Backward {
  layer_norm::Backward norm;
  Inner inner;
  residual::Backward around;

  const Mat& d_x() const { return around.d_x; }
  bool complete() const { return is_written(d_x()) && is_complete(norm); }
};

/// \param x what went into forward (T, dm)
/// \param run the sublayer's way back: from what went into it and dL/d(its output), both (T, dm)
/// \param d_input_of the field of that result that is dL/d(what went into it) (T, dm)
/// \throws ShapeError if d_output has not the shape of the output.
template <class Inner, class Run, class InputOf>
auto backward(const layer_norm::Params& norm, const Mat& x, const Forward<Inner>& forward,
              const Mat& d_output, Run&& run, InputOf&& d_input_of) {
  Backward<decltype(run(x, d_output))> b;
  if (forward.order == NormOrder::post) {
    // forward was: output = LayerNorm(sum), sum = x + Sublayer(x)
    b.norm = layer_norm::backward(norm, forward.add.sum, forward.norm, d_output);
    if (!is_complete(b.norm)) return b;
    b.inner = run(x, b.norm.d_x);
    if (!is_complete(b.inner)) return b;
    b.around = residual::backward(b.norm.d_x, std::invoke(d_input_of, b.inner));
  } else {
    // forward was: output = x + Sublayer(LayerNorm(x))
    b.inner = run(forward.norm.y, d_output);
    if (!is_complete(b.inner)) return b;
    b.norm = layer_norm::backward(norm, x, forward.norm, std::invoke(d_input_of, b.inner));
    if (!is_complete(b.norm)) return b;
    b.around = residual::backward(d_output, b.norm.d_x);
  }
  return b;
}

}  // namespace sublayer
}  // namespace attn
