/// Plain gradient descent.
#pragma once

namespace attn {

/// parameter <- parameter - learning_rate * gradient, for a number or a tensor.
template <class Parameter>
void descend(Parameter& parameter, const Parameter& gradient, double learning_rate) {
  parameter -= learning_rate * gradient;
}

}  // namespace attn
