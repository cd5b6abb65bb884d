#include "attn/render/text.hpp"

#include <fmt/format.h>

namespace attn::render {
namespace {

void tensor_text(std::string& out, const trace::Tensor& tensor, int precision) {
  out += "  " + tensor.name + " (";
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    out += fmt::format("{}{}={}", i == 0 ? "" : ", ", tensor.axes[i], tensor.shape[i]);
  }
  out += ")\n";
  if (tensor.absent()) {
    out += "    not written yet\n";
    return;
  }
  const std::size_t columns = tensor.shape.empty() ? 1 : tensor.shape.back();
  for (std::size_t i = 0; i < tensor.values.size(); ++i) {
    out += fmt::format(" {:>{}.{}f}{}", tensor.values[i], precision + 6, precision,
                       (i + 1) % columns == 0 ? "\n" : "");
  }
}

}  // namespace

std::string render_text(const trace::Trace& trace, const TextOptions& options) {
  std::string out = trace.title + "\n" + trace.source + "\n";
  std::size_t number = 0;
  for (const trace::Step& step : trace.steps) {
    out += fmt::format("\n{}. {} [{}]\n  {}  {}\n  {}\n", ++number, step.title, step.id,
                       step.formula, step.source, step.prose);
    for (const trace::Tensor& tensor : step.tensors) tensor_text(out, tensor, options.precision);
  }
  return out;
}

}  // namespace attn::render
