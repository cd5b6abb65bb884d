#include "attn/trace/trace.hpp"

namespace attn::trace {

const Tensor* find(const Trace& trace, const std::string& name) {
  for (const Step& step : trace.steps) {
    for (const Tensor& tensor : step.tensors) {
      if (tensor.name == name) return &tensor;
    }
  }
  return nullptr;
}

}  // namespace attn::trace
