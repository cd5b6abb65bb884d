#include <functional>
#include <numeric>
#include <stdexcept>

#include "attn/io/json_text.hpp"
#include "attn/io/trace_json.hpp"

namespace attn::io {
namespace {

/// Laid out for people too: a line for each key, and for each row of numbers.
class Writer {
 public:
  std::string write(const trace::Trace& trace) {
    std::size_t numbers = 0;
    for (const trace::Step& step : trace.steps) {
      for (const trace::Tensor& tensor : step.tensors) numbers += tensor.values.size();
    }
    json_.reserve(numbers * 22);  // 17 digits, sign, point, exponent, comma
    json_ += "{\"format\": \"attn-trace\", \"version\": 1";
    text("chapter", trace.chapter);
    text("title", trace.title);
    text("source", trace.source);
    if (!trace.problem.empty()) text("problem", trace.problem);
    if (!trace.axes.empty()) {
      json_ += ",\n \"axes\": {";
      list(trace.axes, " ", [&](const trace::Axis& axis) {
        append_json(json_, axis.name);
        json_ += ": ";
        append_json(json_, axis.meaning);
      });
      json_ += '}';
    }
    json_ += ",\n \"steps\": [";
    list(trace.steps, "\n  ", [&](const trace::Step& step) { write(step); });
    json_ += ']';
    write_ending(trace);
    json_ += "}\n";
    return std::move(json_);
  }

  std::string write_alone(const trace::Tensor& tensor) {
    write(tensor);
    return std::move(json_);
  }

 private:
  void write_ending(const trace::Trace& trace) {
    if (!trace.seen.empty()) text("seen", trace.seen);
    if (!trace.tries.empty()) {
      json_ += ",\n \"try\": [";
      list(trace.tries, "\n  ", [&](const trace::Try& suggested) {
        json_ += "{\"command\": ";
        append_json(json_, suggested.command);
        text("why", suggested.why);
        json_ += '}';
      });
      json_ += ']';
    }
    if (!trace.next.empty()) text("next", trace.next);
    if (!trace.page.empty()) text("page", trace.page);
  }

  template <class Item, class Write>
  void list(const std::vector<Item>& items, const char* separator, Write&& write_item) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) json_ += ',';
      if (i > 0 || separator[0] == '\n') json_ += separator;
      write_item(items[i]);
    }
  }

  void text(const char* key, const std::string& value) {
    ((json_ += ", \"") += key) += "\": ";
    append_json(json_, value);
  }

  void texts(const std::vector<std::string>& items) {
    json_ += '[';
    list(items, " ", [&](const std::string& item) { append_json(json_, item); });
    json_ += ']';
  }

  void write(const trace::Step& step) {
    json_ += "{\"id\": ";
    append_json(json_, step.id);
    text("title", step.title);
    text("formula", step.formula);
    text("source", step.source);
    text("prose", step.prose);
    if (!step.drawing.empty()) {
      json_ += ",\n   \"drawing\": ";
      texts(step.drawing);
    }
    json_ += ",\n   \"tensors\": [";
    list(step.tensors, "\n    ", [&](const trace::Tensor& tensor) { write(tensor); });
    json_ += ']';
    if (!step.plots.empty()) {
      json_ += ",\n   \"plots\": [";
      list(step.plots, "\n    ", [&](const trace::Plot& plot) { write(plot); });
      json_ += ']';
    }
    json_ += '}';
  }

  void write(const trace::Tensor& tensor) {
    const std::size_t expected = std::accumulate(tensor.shape.begin(), tensor.shape.end(),
                                                 std::size_t{1}, std::multiplies<>());
    if (!tensor.absent() && tensor.values.size() != expected) {
      throw std::logic_error("the shape of " + tensor.name + " does not fit its values");
    }
    json_ += "{\"name\": ";
    append_json(json_, tensor.name);
    json_ += ", \"axes\": ";
    texts(tensor.axes);
    json_ += ", \"labels\": [";
    list(tensor.labels, " ", [&](const std::vector<std::string>& names) { texts(names); });
    json_ += "], \"shape\": [";
    list(tensor.shape, " ", [&](std::size_t extent) { json_ += std::to_string(extent); });
    json_ += "],\n     \"values\": ";
    if (tensor.absent()) {
      json_ += "[]";
    } else {
      next_ = tensor.values.data();
      values(tensor.shape, 0);
    }
    if (!tensor.kind.empty()) text("kind", tensor.kind);
    if (!tensor.formula.empty()) text("formula", tensor.formula);
    json_ += '}';
  }

  /// The numbers from `next_` on, nested from `axis` inwards.
  void values(const std::vector<std::size_t>& shape, std::size_t axis) {
    if (axis == shape.size()) return append_json(json_, *next_++);
    const bool rows = axis + 1 < shape.size();
    json_ += '[';
    for (std::size_t i = 0; i < shape[axis]; ++i) {
      if (i > 0) json_ += rows ? ",\n                " : ", ";
      values(shape, axis + 1);
    }
    json_ += ']';
  }

  void write(const trace::Plot& plot) {
    json_ += "{\"title\": ";
    append_json(json_, plot.title);
    json_ += ", \"series\": [";
    list(plot.series, " ", [&](const trace::Series& series) {
      json_ += "{\"label\": ";
      append_json(json_, series.label);
      text("x", series.x);
      text("y", series.y);
      text("mark", series.mark == trace::Series::Mark::line ? "line" : "points");
      json_ += '}';
    });
    json_ += "]}";
  }

  std::string json_;
  const double* next_ = nullptr;
};

}  // namespace

std::string to_json(const trace::Trace& trace) { return Writer().write(trace); }

std::string to_json(const trace::Tensor& tensor) { return Writer().write_alone(tensor); }

}  // namespace attn::io
